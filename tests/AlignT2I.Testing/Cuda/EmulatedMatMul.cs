using AlignT2I.Engine.Backends.Cpu;
using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>One matrix product of the emulated device.</summary>
internal sealed unsafe class EmulatedMatMul(EmulatedDriver driver, MatMulKey key) : EmulatedPlan(driver), IMatMulPlan
{
    const string Name = "cublasLtMatmul";

    public void Run(in MatMulOperands operands, nint workspace, CudaStream stream)
    {
        MatMulOperands given = operands;
        foreach (nint pointer in (nint[])[given.A, given.B, given.C, given.Bias, given.Residual])
        {
            if (pointer % key.Alignment != 0)
                throw new EmulationException($"{Name}: 0x{pointer:x} is not a multiple of {key.Alignment}, which the plan was made for.");
        }

        Enqueue(Name, workspace, stream, () =>
        {
            for (int i = 0; i < key.Batch; i++)
                Multiply(given, i);
        });
    }

    void Multiply(MatMulOperands o, int i)
    {
        int m = key.Rows, n = key.Columns, k = key.Inner, size = EmulatedArray.Size(key.Type);
        float[] a = Read(o.A + (nint)(i * key.StrideA * size), key.TransposeA ? k : m, key.TransposeA ? m : k, key.LeadingA);
        float[] b = Read(o.B + (nint)(i * key.StrideB * size), key.TransposeB ? n : k, key.TransposeB ? k : n, key.LeadingB);
        float[] c = new float[(long)m * n];
        fixed (float* pa = a, pb = b, pc = c)
            Gemm<float>.Multiply(key.TransposeA, key.TransposeB, m, n, k, pa, key.TransposeA ? m : k, pb, key.TransposeB ? k : n, pc, n);

        nint offset = (nint)(i * key.StrideC * EmulatedArray.Size(key.ResultType));
        float[]? residual = key.Residual
            ? EmulatedArray.Read(Memory, o.Residual + offset, key.ResultType, m, n, key.LeadingC, Name)
            : null;
        float[]? bias = key.Epilogue == MatMulEpilogue.None ? null : EmulatedArray.Read(Memory, o.Bias, key.ResultType, n, Name);
        for (int j = 0; j < c.Length; j++)
        {
            float value = o.Alpha * c[j];
            if (residual is not null)
                value += o.Beta * residual[j];
            if (bias is not null)
                value += bias[j % n];
            c[j] = key.Epilogue == MatMulEpilogue.BiasGeluTanh ? GeluTanh(value) : value;
        }

        EmulatedArray.Write(Memory, o.C + offset, key.ResultType, c, n, key.LeadingC, Name);
    }

    float[] Read(nint pointer, long rows, long columns, long leading)
    {
        float[] values = EmulatedArray.Read(Memory, pointer, key.Type, rows, columns, leading, Name);
        return key.TensorFloat32 && key.Type == NativeType.Float32 ? EmulatedArray.ToTensorFloat32(values) : values;
    }

    static float GeluTanh(float x) => (float)GeluTanhFunction.Forward((double)x);
}
