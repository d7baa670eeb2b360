using AlignT2I.Engine;

namespace AlignT2I.Training.Communicators;

/// <summary>A process alone.</summary>
internal sealed class SingleCommunicator : Communicator
{
    public override int Rank => 0;

    public override int Size => 1;

    public override string Name => "one process";

    public override IReadOnlyList<byte[]> Gather(byte[] own) => [own];

    public override string Describe(int rank) => RankIdentity.Own(rank).ToString();

    internal override Action BeginExchange(IReadOnlyList<Tensor> outgoing, IReadOnlyList<Tensor> incoming) => () => { };
}
