using System.Globalization;
using System.Text;

namespace AlignT2I.Training.Communicators;

/// <summary>A process of a parallel training, as messages name it.</summary>
/// <param name="Rank">Its number, from 0.</param>
/// <param name="Host">Its machine.</param>
/// <param name="Process">Its process id there.</param>
public sealed record RankIdentity(int Rank, string Host, int Process)
{
    /// <summary>This process.</summary>
    internal static RankIdentity Own(int rank) => new(rank, Environment.MachineName, Environment.ProcessId);

    internal byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Process} {Host}"));

    internal static RankIdentity FromBytes(int rank, byte[] bytes)
    {
        string[] parts = Encoding.UTF8.GetString(bytes).Split(' ', 2);
        return new RankIdentity(rank, parts[1], int.Parse(parts[0], CultureInfo.InvariantCulture));
    }

    /// <summary>As in <c>rank 3 (process 4711 on node07)</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"rank {Rank} (process {Process} on {Host})");
}
