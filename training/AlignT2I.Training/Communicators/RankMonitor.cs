using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AlignT2I.Files;

namespace AlignT2I.Training.Communicators;

/// <summary>
/// Notices at once when a process of the training ends, and after a while when one does not answer: a process that MPI waits for would be
/// waited for without end. Every rank has a connection to rank 0, which tells all of a loss.
/// </summary>
/// <remarks>An operating system closes the connections of a process that dies; a machine that dies sends no more beats.</remarks>
internal sealed class RankMonitor : IDisposable
{
    const byte Beat = 0, Farewell = 1, Lost = 2;
    const int TokenBytes = 16;
    const string SilenceVariable = "ALIGNT2I_RANK_TIMEOUT";

    static readonly TimeSpan connectLimit = TimeSpan.FromSeconds(60), greetingLimit = TimeSpan.FromSeconds(5);

    readonly IReadOnlyList<RankIdentity> ranks;
    readonly int own;
    readonly TimeSpan silence = Silence();
    readonly Dictionary<int, RankConnection> connections = [];
    readonly Timer beats;
    readonly ManualResetEventSlim firstHasEnded = new();
    volatile string? loss;
    volatile bool ending;
    volatile Action? onLoss;

    RankMonitor(IReadOnlyList<RankIdentity> ranks, int own, IEnumerable<(int Rank, Socket Socket)> sockets)
    {
        (this.ranks, this.own) = (ranks, own);
        foreach ((int rank, Socket socket) in sockets)
            connections.Add(rank, new RankConnection(socket, silence));
        foreach ((int rank, RankConnection connection) in connections)
            new Thread(() => Listen(rank, connection)) { IsBackground = true, Name = $"rank {rank}" }.Start();
        beats = new Timer(_ => SendAll(Beat, 0), null, TimeSpan.Zero, silence / 4);
    }

    /// <summary>Connects all ranks to the first.</summary>
    /// <param name="ranks">All of them.</param>
    /// <param name="own">This one.</param>
    /// <param name="gather">Gives every rank's bytes to all.</param>
    public static RankMonitor Connect(IReadOnlyList<RankIdentity> ranks, int own, Func<byte[], IReadOnlyList<byte[]>> gather)
    {
        if (own > 0)
            return new RankMonitor(ranks, own, [(0, Call(ranks, own, gather([])[0]))]);
        byte[] token = RandomNumberGenerator.GetBytes(TokenBytes);
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        listener.Listen(ranks.Count);
        string addresses = string.Join(' ', OwnAddresses());
        int port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        gather([.. token, .. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{port} {addresses}"))]);
        Dictionary<int, Socket> callers = [];
        while (callers.Count < ranks.Count - 1)
        {
            if (!listener.Poll(connectLimit, SelectMode.SelectRead))
            {
                RankIdentity absent = ranks.Skip(1).First(r => !callers.ContainsKey(r.Rank));
                throw new RankLostException(
                    $"{absent} does not reach rank 0 at {addresses}, port {port}; open the network between the machines.");
            }
            Socket caller = listener.Accept();
            if (Greeting(caller, token) is > 0 and int rank && rank < ranks.Count)
                callers[rank] = caller;
            else
                caller.Dispose();       // a stranger
        }
        return new RankMonitor(ranks, own, callers.Select(c => (c.Key, c.Value)));
    }

    /// <summary>Throws where a rank is lost.</summary>
    /// <exception cref="RankLostException">One is.</exception>
    public void Check()
    {
        if (loss is { } sentence)
            throw new RankLostException(sentence);
    }

    /// <summary>What else has to be given up once a rank is lost.</summary>
    public void OnLoss(Action giveUp)
    {
        onLoss = giveUp;
        if (loss is not null)
            giveUp();
    }

    /// <summary>Tells the others that this process ends as it should.</summary>
    public void End()
    {
        ending = true;
        SendAll(Farewell, 0);
    }

    /// <summary>
    /// Closes the connections. After a loss the others let the first process end before them: a launcher that sees one end may end all,
    /// and the first has the state to save.
    /// </summary>
    public void Dispose()
    {
        if (loss is not null && own > 0)
            firstHasEnded.Wait(TimeSpan.FromMinutes(10));
        ending = true;
        beats.Dispose();
        foreach (RankConnection connection in connections.Values)
            connection.Dispose();
        firstHasEnded.Dispose();
    }

    void Listen(int rank, RankConnection connection)
    {
        while (connection.Receive() is { } message)
        {
            if (message.Kind == Farewell)
                return;
            if (message.Kind == Lost)
                Lose(message.Rank, "it has ended or does not answer");
        }
        if (ending)
            return;
        if (rank == 0)
            firstHasEnded.Set();
        Lose(rank, connection.IsSilent
            ? string.Create(CultureInfo.InvariantCulture, $"it has not answered for {silence.TotalSeconds} seconds")
            : "it has ended before its work was done");
    }

    void Lose(int rank, string how)
    {
        if (ending || loss is not null)
            return;
        loss = $"{ranks[rank]} is lost: {how}.";
        if (own == 0)
            SendAll(Lost, rank);
        onLoss?.Invoke();
    }

    void SendAll(byte kind, int rank)
    {
        foreach (RankConnection connection in connections.Values)
            connection.Send(kind, rank);
    }

    /// <summary>The rank that a caller says it is; null where it does not know the token.</summary>
    static int? Greeting(Socket caller, byte[] token)
    {
        byte[] hello = new byte[TokenBytes + sizeof(int)];
        caller.ReceiveTimeout = (int)greetingLimit.TotalMilliseconds;
        try
        {
            return RankConnection.TryReceive(caller, hello) && CryptographicOperations.FixedTimeEquals(hello.AsSpan(0, TokenBytes), token)
                ? BitConverter.ToInt32(hello, TokenBytes)
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    static Socket Call(IReadOnlyList<RankIdentity> ranks, int own, byte[] invitation)
    {
        string[] parts = Encoding.ASCII.GetString(invitation, TokenBytes, invitation.Length - TokenBytes).Split(' ');
        IEnumerable<string> addresses = ranks[own].Host == ranks[0].Host ? [$"{IPAddress.Loopback}", .. parts[1..]] : parts[1..];
        foreach (string address in addresses)
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            try
            {
                var first = new IPEndPoint(IPAddress.Parse(address), int.Parse(parts[0], CultureInfo.InvariantCulture));
                socket.ConnectAsync(first, limit.Token).AsTask().GetAwaiter().GetResult();
                socket.Send([.. invitation[..TokenBytes], .. BitConverter.GetBytes(own)]);
                return socket;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                socket.Dispose();       // the machine has several addresses; the next may be in a network of ours
            }
        }
        throw new RankLostException(
            $"{ranks[own]} does not reach {ranks[0]} at {string.Join(", ", addresses)}, port {parts[0]}; open the network between them.");
    }

    static IEnumerable<IPAddress> OwnAddresses() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        where network.OperationalStatus == OperationalStatus.Up && network.NetworkInterfaceType != NetworkInterfaceType.Loopback
        from address in network.GetIPProperties().UnicastAddresses
        where address.Address.AddressFamily == AddressFamily.InterNetwork
        select address.Address;

    static TimeSpan Silence()
    {
        string? text = Environment.GetEnvironmentVariable(SilenceVariable);
        if (string.IsNullOrEmpty(text))
            return TimeSpan.FromSeconds(60);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 1 and <= 86400
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException(
                $"{SilenceVariable} is '{text}'; expected the seconds, 1 to 86400, after which a silent rank is lost.");
    }
}
