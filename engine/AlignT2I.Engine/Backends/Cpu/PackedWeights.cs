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

    int inUse;
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
            float* found = copies.Find(layout, version, (float*)storage.ReadPointer);
            if (found is null) return default;
            inUse++;
            return new PackedCopy(found, this);
        }
    }

    /// <summary>Ends a use.</summary>
    public void Release()
    {
        lock (gate) inUse--;
    }

    /// <summary>Bytes of all copies at most.</summary>
    /// <param name="left">Bytes that there are for them and for tensors to come.</param>
    public long Limit(long left) => limit.Value ?? left / Share;

    bool HasRoom(long bytes) => Bytes + bytes <= Limit(available() + Bytes);

    /// <summary>Lets go of all copies, now and then, if they have come to twice their share; those that fit are made again.</summary>
    void MakeRoom()
    {
        long now = Environment.TickCount64;
        if (inUse > 0 || Bytes == 0 || now - lookedAt < lookAgainMs) return;
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

    /// <summary>The copies of one weight, each in the layout of a kernel that has used it.</summary>
    sealed class Copies(PackedWeights owner) : IDisposable
    {
        readonly Dictionary<PackedLayout, nint> copies = [];      // 0: used once; Refused: no room
        long version;

        const nint Refused = -1;

        public float* Find(PackedLayout layout, long now, float* weight)
        {
            if (version != now) Free();
            version = now;
            if (!copies.TryGetValue(layout, out nint copy))
            {
                copies.Add(layout, 0);
                return null;
            }
            if (copy == 0)
            {
                long bytes = layout.Size * sizeof(float);
                copies[layout] = copy = owner.HasRoom(bytes) ? CpuAllocator.Current.Allocate(bytes) : Refused;
                if (copy == Refused) return null;
                owner.Bytes += bytes;
                layout.Pack(weight, (float*)copy);
            }
            return copy == Refused ? null : (float*)copy;
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
            foreach ((PackedLayout layout, nint copy) in copies)
            {
                if (copy is 0 or Refused) continue;
                CpuAllocator.Current.Free(copy, layout.Size * sizeof(float));
                owner.Bytes -= layout.Size * sizeof(float);
            }
            copies.Clear();
        }
    }
}
