using System.Diagnostics;
using AlignT2I.Training.Tests;

namespace AlignT2I.Align.Tests.Distributed;

/// <summary>A Slurm of the test's own, of one machine with its daemons on 127.0.0.1; skipped with a
/// sentence where there is none.</summary>
/// <remarks>Without cgroups and accounting, which containers do not have; munge's key, socket and logs are in the same temporary
/// folder.</remarks>
internal sealed class Slurm : IDisposable
{
    readonly TestFolder folder = new();
    readonly List<Process> daemons = [];

    public Slurm()
    {
        string munged = Launcher.Program("munged", "munge"), controller = Launcher.Program("slurmctld", "slurm-wlm");
        string node = Launcher.Program("slurmd", "slurm-wlm"), info = Launcher.Program("sinfo", "slurm-wlm");
        if (OperatingSystem.IsWindows() || Environment.UserName != "root")
        {
            Assert.Ignore("slurmd starts tasks as other users and so needs root; run the test as root.");
            return;
        }
        foreach (string name in (string[])["munge", "state", "spool"])
            Directory.CreateDirectory(folder[name]);
        File.WriteAllBytes(folder["munge/key"], Enumerable.Range(0, 1024).Select(i => (byte)i).ToArray());
        File.SetUnixFileMode(folder["munge/key"], UnixFileMode.UserRead);
        File.SetUnixFileMode(folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(folder["slurm.conf"], Configuration());
        Start(
            munged, "--foreground", "--force", $"--key-file={folder["munge/key"]}", $"--socket={folder["munge/socket"]}",
            $"--log-file={folder["munge/log"]}", $"--pid-file={folder["munge/pid"]}", $"--seed-file={folder["munge/seed"]}");
        WaitUntil(() => File.Exists(folder["munge/socket"]), "munged");
        Start(controller, "-D", "-f", folder["slurm.conf"]);
        Start(node, "-D", "-f", folder["slurm.conf"]);
        WaitUntil(() => IsIdle(info), "the node");
    }

    /// <summary>finetune as a job step of several tasks.</summary>
    /// <param name="mpi">How they find each other: pmix for Open MPI, pmi2 for MPICH.</param>
    /// <param name="ranks">Number of tasks.</param>
    /// <param name="arguments">Of finetune.</param>
    public Launcher Srun(string mpi, int ranks, string[] arguments) => Launcher.Start(
        Launcher.Program("srun", "slurm-wlm"),
        [$"--mpi={mpi}", "--overcommit", "-n", $"{ranks}", "dotnet", Launcher.FinetuneProgram, .. arguments],
        ("SLURM_CONF", folder["slurm.conf"]));

    public void Dispose()
    {
        daemons.Reverse();
        foreach (Process daemon in daemons)
        {
            Launcher.Signal("-TERM", daemon.Id);
            if (!daemon.WaitForExit(TimeSpan.FromSeconds(20)))
                daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }
        folder.Dispose();
    }

    string Configuration()
    {
        string host = Environment.MachineName.Split('.')[0];
        (int controllerPort, int nodePort) = (FreePort(), FreePort());
        return $"""
            ClusterName=test
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={controllerPort}
            SlurmdPort={nodePort}
            AuthType=auth/munge
            AuthInfo=socket={folder["munge/socket"]}
            SlurmUser=root
            SlurmdUser=root
            StateSaveLocation={folder["state"]}
            SlurmdSpoolDir={folder["spool"]}
            SlurmctldPidFile={folder["slurmctld.pid"]}
            SlurmdPidFile={folder["slurmd.pid"]}
            SlurmctldLogFile={folder["slurmctld.log"]}
            SlurmdLogFile={folder["slurmd.log"]}
            ProctrackType=proctrack/pgid
            TaskPlugin=task/none
            SelectType=select/linear
            ReturnToService=2
            NodeName={host} NodeAddr=127.0.0.1 CPUs=1 State=UNKNOWN
            PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE:8

            """;
    }

    void Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["SLURM_CONF"] = folder["slurm.conf"];
        Process daemon = Process.Start(start)!;
        daemon.OutputDataReceived += (_, _) => { };     // what matters is in the log files
        daemon.ErrorDataReceived += (_, _) => { };
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        daemons.Add(daemon);
    }

    bool IsIdle(string info)
    {
        using Launcher sinfo = Launcher.Start(info, ["-h", "-o", "%T"], ("SLURM_CONF", folder["slurm.conf"]));
        return sinfo.Wait() == 0 && sinfo.Output.Trim() == "idle";
    }

    void WaitUntil(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.That(watch.Elapsed.TotalSeconds, Is.LessThan(60), $"{what} does not start: {Logs()}");
            Thread.Yield();
        }
    }

    string Logs() => string.Join(
        '\n', Directory.EnumerateFiles(folder.Path, "*.log", SearchOption.AllDirectories).Select(File.ReadAllText));

    static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
