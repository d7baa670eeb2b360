namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Blocks of any size in few large address ranges: best fit; a freed block becomes one with its free neighbours.</summary>
/// <remarks>So the feature maps of one resolution lie where those of another were. Not for several threads.</remarks>
internal sealed class BlockHeap
{
    readonly Dictionary<nint, Block> live = [];

    /// <summary>By size, then by address.</summary>
    readonly List<Block> free = [];

    /// <summary>Bytes that the system may have given pages for.</summary>
    public long ReservedBytes { get; private set; }

    public nint Allocate(long size)
    {
        int index = free.BinarySearch(new Block(0, size));
        if (index < 0)
            index = ~index;
        Block block;
        if (index < free.Count)
        {
            block = free[index];
            free.RemoveAt(index);
        }
        else
        {
            nint range = SystemPages.Reserve(size, out long bytes);
            block = new Block(range, bytes);
        }

        if (block.Size > size)
            Insert(block.Split(size));
        ReservedBytes += size - block.Touched;
        block.Touched = size;
        block.IsFree = false;
        live.Add(block.Address, block);
        return block.Address;
    }

    public void Free(nint address)
    {
        if (!live.Remove(address, out Block? block))
            throw new InvalidOperationException($"No block in use begins at 0x{address:x}.");
        if (block.After is { IsFree: true } after)
        {
            Remove(after);
            block.Absorb(after);
        }
        if (block.Before is { IsFree: true } before)
        {
            Remove(before);
            before.Absorb(block);
            block = before;
        }
        Insert(block);
    }

    /// <summary>Gives the pages of free blocks back; their addresses stay ours where the system can do that.</summary>
    public void Trim()
    {
        for (int i = free.Count - 1; i >= 0; i--)
        {
            Block block = free[i];
            if (block.Touched == 0)
                continue;
            if (SystemPages.CanDiscard)
            {
                long rest = Math.Min(block.Touched, block.Size - SystemPages.Discard(block.Address, block.Size));
                ReservedBytes -= block.Touched - rest;
                block.Touched = rest;
            }
            else if (block.Before is null && block.After is null)
            {
                SystemPages.Release(block.Address);
                ReservedBytes -= block.Touched;
                free.RemoveAt(i);
            }
        }
    }

    void Insert(Block block)
    {
        block.IsFree = true;
        free.Insert(~free.BinarySearch(block), block);
    }

    void Remove(Block block) => free.RemoveAt(free.BinarySearch(block));

    /// <summary>A stretch of a range; the blocks of a range are a list without gaps.</summary>
    sealed class Block(nint address, long size) : IComparable<Block>
    {
        public nint Address { get; } = address;

        public long Size { get; private set; } = size;

        /// <summary>Bytes of it that have pages, at most.</summary>
        public long Touched { get; set; }

        public bool IsFree { get; set; }

        public Block? Before { get; private set; }

        public Block? After { get; private set; }

        /// <summary>Cuts off and returns what is beyond <paramref name="size"/>.</summary>
        public Block Split(long size)
        {
            Block rest = new(Address + (nint)size, Size - size) { Before = this, After = After };
            if (After is not null)
                After.Before = rest;
            After = rest;
            Size = size;
            rest.Touched = Math.Max(0, Touched - size);
            Touched -= rest.Touched;
            return rest;
        }

        /// <summary>Takes over the block after it.</summary>
        public void Absorb(Block next)
        {
            Size += next.Size;
            Touched += next.Touched;
            After = next.After;
            if (After is not null)
                After.Before = this;
        }

        public int CompareTo(Block? other) =>
            Size != other!.Size ? Size.CompareTo(other.Size) : Address.CompareTo(other.Address);
    }
}
