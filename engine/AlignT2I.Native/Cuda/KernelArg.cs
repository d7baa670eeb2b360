namespace AlignT2I.Native;

/// <summary>One argument of a kernel, without boxing: a number or a device pointer, or a structure passed by value.</summary>
/// <remarks>The C# type decides the size, so write the type that the kernel declares: <c>(long)n</c> for <c>long long n</c>.</remarks>
public readonly struct KernelArg
{
    readonly ulong bits;
    readonly nint structure;

    KernelArg(ulong bits, int size) => (this.bits, Size) = (bits, size);

    KernelArg(nint structure, int size) => (this.structure, Size) = (structure, size);

    /// <summary>Bytes of the parameter.</summary>
    public int Size { get; }

    /// <summary>A device pointer.</summary>
    public static implicit operator KernelArg(nint pointer) => new((ulong)pointer, sizeof(ulong));

    /// <summary>An <c>int</c>.</summary>
    public static implicit operator KernelArg(int value) => new((uint)value, sizeof(int));

    /// <summary>An <c>unsigned</c>.</summary>
    public static implicit operator KernelArg(uint value) => new(value, sizeof(uint));

    /// <summary>A <c>long long</c>.</summary>
    public static implicit operator KernelArg(long value) => new((ulong)value, sizeof(long));

    /// <summary>An <c>unsigned long long</c>.</summary>
    public static implicit operator KernelArg(ulong value) => new(value, sizeof(ulong));

    /// <summary>A <c>float</c>.</summary>
    public static implicit operator KernelArg(float value) => new(BitConverter.SingleToUInt32Bits(value), sizeof(float));

    /// <summary>A <c>double</c>.</summary>
    public static implicit operator KernelArg(double value) => new(BitConverter.DoubleToUInt64Bits(value), sizeof(double));

    /// <summary>A <c>bool</c>.</summary>
    public static implicit operator KernelArg(bool value) => new(value ? 1UL : 0, sizeof(bool));

    /// <summary>A structure passed by value, up to the 4 KB that all parameters share; it is read before the launch returns.</summary>
    public static unsafe KernelArg Structure<T>(T* value) where T : unmanaged => new((nint)value, sizeof(T));

    /// <summary>Address of the argument's value.</summary>
    /// <param name="argument">The argument; must not move while the address is used.</param>
    public static unsafe void* Address(KernelArg* argument) =>
        argument->structure != 0 ? (void*)argument->structure : &argument->bits;
}
