using System.Globalization;
using AlignT2I.Files;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Copies of float32 weights in the order that kernels read them, for as long as a weight does not change.</summary>
/// <remarks>
/// A copy is made when a weight is used the second time unchanged, so that one that every step updates costs nothing, and ends with the
/// weight or its next change. The copies take at most a quarter of the memory that there is for them and for tensors to come, and make
/// room where that shrinks; or at most the mebibytes that the environment variable ALIGNT2I_PACKED_WEIGHTS gives, 0 for none. Weights
/// beyond are packed at each use. Either way gives the same bits.
/// </remarks>
/// <param name="most">Bytes of all copies at most; null for what is said above.</param>
/// <param name="available">Bytes that tensors may still take.</param>
/// <param name="lookAgainMs">Time after which the available memory is looked at again.</param>
internal sealed unsafe class PackedWeights(long? most, Func<long> available, int lookAgainMs = 50)
{
    const string Setting = "ALIGNT2I_PACKED_WEIGHTS";

    /// <summary>One part in so many of the available memory.</summary>
    const int Share = 4;

    readonly Lock gate = new();
    readonly HashSet<Copies> all = [];
    readonly Lazy<long?> limit = new(() => most ?? FromEnvironment());

    long lookedAt = Environment.TickCount64;

    /// <summary>Bytes of all copies.</summary>
    public long Bytes { get; private set; }

    /// <summary>The weight's copy, kept until it is disposed of; of null where there is none, and the kernel packs for itself.</summary>
    /// <exception cref="UsageException">ALIGNT2I_PACKED_WEIGHTS is no number of mebibytes.</exception>
    public PackedCopy Use(Tensor weight, PackedLayout layout)
    {
        Storage storage = weight.Live;
        if (storage.Version is not { } version || limit.Value == 0) return default;
        lock (gate)
        {
            MakeRoom();
            if (storage.Derived is not Copies copies) storage.Derived = copies = new Copies(this);
            all.Add(copies);
            return new PackedCopy(copies.Find(layout, version, (float*)storage.ReadPointer)?.Hold());
        }
    }

    /// <summary>Bytes of all copies at most.</summary>
    /// <param name="left">Bytes that there are for them and for tensors to come.</param>
    public long Limit(long left) => limit.Value ?? left / Share;

    bool HasRoom(long bytes) => Bytes + bytes <= Limit(available() + Bytes);

    /// <summary>Lets go of all copies, now and then, if they have come to twice their share; those that fit are made again.</summary>
    void MakeRoom()
    {
        long now = Environment.TickCount64;
        if (Bytes == 0 || now - lookedAt < lookAgainMs) return;
        lookedAt = now;
        if (limit.Value is not null || Bytes <= (available() + Bytes) / Share * 2) return;
        foreach (Copies copies in all) copies.Free();
    }

    static long? FromEnvironment()
    {
        string? setting = Environment.GetEnvironmentVariable(Setting);
        if (string.IsNullOrEmpty(setting)) return null;
        if (long.TryParse(setting, NumberStyles.None, CultureInfo.InvariantCulture, out long mebibytes) && mebibytes < 1L << 40)
            return mebibytes << 20;
        throw new UsageException($"{Setting} is '{setting}'; "
            + "give the mebibytes that packed copies of weights may take, 0 for none, or unset it for a quarter of the available memory.");
    }

    /// <summary>Memory of a copy: of the weight, until it lets go, and of the kernels that read it, on whatever thread.</summary>
    internal sealed class Block
    {
        readonly PackedWeights owner;
        readonly long bytes;
        int holders = 1;

        public Block(PackedWeights owner, long bytes)
        {
            Pointer = (float*)CpuAllocator.Current.Allocate(bytes);
            (this.owner, this.bytes) = (owner, bytes);
            owner.Bytes += bytes;
        }

        public float* Pointer { get; }

        public Block Hold()
        {
            holders++;
            return this;
        }

        public void Release()
        {
            lock (owner.gate)
            {
                if (--holders > 0) return;
                CpuAllocator.Current.Free((nint)Pointer, bytes);
                owner.Bytes -= bytes;
            }
        }
    }

    /// <summary>The copies of one weight, each in the layout of a kernel that has used it.</summary>
    sealed class Copies(PackedWeights owner) : IDisposable
    {
        readonly Dictionary<PackedLayout, (bool Tried, Block? Block)> copies = [];      // from the first use on; tried at the second
        long version;

        public Block? Find(PackedLayout layout, long now, float* weight)
        {
            if (version != now) Free();
            version = now;
            if (!copies.TryGetValue(layout, out (bool Tried, Block? Block) copy))
            {
                copies.Add(layout, default);
                return null;
            }
            if (!copy.Tried)
            {
                long bytes = layout.Size * sizeof(float);
                copy = (true, owner.HasRoom(bytes) ? new Block(owner, bytes) : null);
                copies[layout] = copy;
                if (copy.Block is not null) layout.Pack(weight, copy.Block.Pointer);
            }
            return copy.Block;
        }

        public void Dispose()
        {
            lock (owner.gate)
            {
                Free();
                owner.all.Remove(this);
            }
        }

        public void Free()
        {
            foreach ((_, Block? block) in copies.Values) block?.Release();
            copies.Clear();
        }
    }
}
