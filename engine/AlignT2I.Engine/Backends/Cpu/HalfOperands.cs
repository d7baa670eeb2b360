namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>How the CPU computes in the 16-bit types: a kernel gets float32 copies of its half operands; what it wrote is rounded
/// once.</summary>
/// <remarks>
/// Opened at the start of a backend method, whose tensors go through <see cref="Read(Tensor)"/> and <see cref="Write"/>; other types pass
/// untouched, so that kernels know float32 and float64 only. The copies live as long as the call.
/// </remarks>
internal sealed class HalfOperands : IDisposable
{
    MemoryScope? copies;
    List<(Tensor Half, Tensor Copy)>? written;

    /// <summary>What the kernel reads in place of <paramref name="operand"/>.</summary>
    public Tensor Read(Tensor operand)
    {
        if (!operand.DType.IsHalf)
            return operand;
        Tensor copy = Copy(operand);
        operand.Backend.Cast(operand, copy);
        return copy;
    }

    /// <summary>The same for an operand that may be left out.</summary>
    public Tensor? ReadOptional(Tensor? operand) => operand is null ? null : Read(operand);

    /// <summary>The same for each tensor of an epilogue.</summary>
    public Epilogue Read(Epilogue epilogue) => epilogue with
    {
        Bias = ReadOptional(epilogue.Bias),
        SampleBias = ReadOptional(epilogue.SampleBias),
        Residual = ReadOptional(epilogue.Residual),
    };

    /// <summary>What the kernel writes in place of <paramref name="result"/>.</summary>
    public Tensor Write(Tensor result)
    {
        if (!result.DType.IsHalf)
            return result;
        Tensor copy = Copy(result);
        (written ??= []).Add((result, copy));
        return copy;
    }

    /// <summary>Rounds what was written to nearest even.</summary>
    public void Dispose()
    {
        foreach ((Tensor half, Tensor copy) in written ?? [])
            half.Backend.Cast(copy, half);
        copies?.Dispose();
    }

    Tensor Copy(Tensor half)
    {
        copies ??= MemoryScope.Open();
        return Tensor.Empty(half.Shape, DType.F32, half.Backend);
    }
}
