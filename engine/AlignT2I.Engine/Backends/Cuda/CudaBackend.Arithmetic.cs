namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    internal override void Add(Tensor a, Tensor b, Tensor y) => Binary("add", a, b, y);

    internal override void Sub(Tensor a, Tensor b, Tensor y) => Binary("subtract", a, b, y);

    internal override void Mul(Tensor a, Tensor b, Tensor y) => Binary("multiply", a, b, y);

    internal override void Div(Tensor a, Tensor b, Tensor y) => Binary("divide", a, b, y);

    internal override void Affine(Tensor x, double multiply, double add, Tensor y)
    {
        if (y.Count > 0)
            Launch(Kernel("arithmetic.cu", y.DType, "affine"), PackBlocks(y), P(x), P(y), y.Count, (float)multiply, (float)add);
    }

    internal override void Clamp(Tensor x, double low, double high, Tensor y)
    {
        if (y.Count > 0)
            Launch(Kernel("arithmetic.cu", y.DType, "clamp"), PackBlocks(y), P(x), P(y), y.Count, (float)low, (float)high);
    }

    internal override void ClampBackward(Tensor x, double low, double high, Tensor dy, Tensor dx)
    {
        if (dx.Count > 0)
            Launch(
                Kernel("arithmetic.cu", dx.DType, "clamp_backward"), PackBlocks(dx),
                P(x), P(dy), P(dx), dx.Count, (float)low, (float)high);
    }

    internal override void AddBroadcast(Tensor x, Tensor b, int groups, Tensor y)
    {
        if (y.Count == 0)
            return;
        int columns = checked((int)(b.Count / groups));
        long rows = y.Count / columns;
        Launch(
            Kernel("arithmetic.cu", y.DType, Form("add_broadcast", columns, y.DType)), PackBlocks(y),
            P(x), P(b), P(y), rows, columns, rows / groups);
    }

    internal override void MulPerSample(Tensor x, Tensor w, Tensor y)
    {
        if (y.Count == 0)
            return;
        long columns = y.Count / w.Count;
        Launch(
            Kernel("arithmetic.cu", y.DType, Form("mul_per_sample", columns, y.DType)), PackBlocks(y),
            P(x), P(w), P(y), w.Count, columns);
    }

    internal override void ScaleShift(Tensor x, Tensor scale, Tensor? shift, Tensor y)
    {
        if (y.Count == 0)
            return;
        int columns = scale.Shape[1];
        long rows = y.Count / columns;
        Launch(
            Kernel("arithmetic.cu", y.DType, Form("scale_shift", columns, y.DType)), PackBlocks(y),
            P(x), P(scale), P(shift), P(y), rows, columns, rows / scale.Shape[0]);
    }

    internal override void ExpandRows(Tensor x, double multiply, Tensor y)
    {
        if (y.Count == 0)
            return;
        long columns = y.Count / x.Count;
        Launch(
            Kernel("arithmetic.cu", y.DType, Form("expand_rows", columns, y.DType)), PackBlocks(y),
            P(x), P(y), x.Count, columns, (float)multiply);
    }

    internal override void Cast(Tensor x, Tensor y)
    {
        if (x.DType == y.DType)
            Copy(x, y);
        else if (y.Count > 0)
            Launch(
                Kernel("cast.cu", $"FROM={Element(x.DType)}", $"cast_to_{Element(y.DType)}"),
                Blocks(y.Count * Math.Max(x.DType.Size, y.DType.Size) / 16), P(x), P(y), y.Count);
    }

    void Binary(string kernel, Tensor a, Tensor b, Tensor y)
    {
        if (y.Count > 0)
            Launch(Kernel("arithmetic.cu", y.DType, kernel), PackBlocks(y), P(a), P(b), P(y), y.Count);
    }

    static string Element(DType dtype) => dtype switch
    {
        DType.F32 => "f32",
        DType.F64 => "f64",
        DType.BF16 => "bf16",
        DType.F16 => "f16",
        DType.I32 => "i32",
        DType.I64 => "i64",
        _ => "u8",
    };
}
