using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    internal override void MseForward(Tensor prediction, Tensor target, Tensor? sampleWeight, Tensor perSample, Tensor loss)
    {
        int samples = checked((int)perSample.Count);
        long columns = samples == 0 ? 0 : prediction.Count / samples;
        if (columns == 0)
        {
            Fill(perSample, double.NaN);        // the mean of nothing
            Fill(loss, double.NaN);
            return;
        }

        CudaRowChunks chunks = CudaRowChunks.Of(columns);
        using CudaScratch partial = Scratch((long)samples * chunks.Count * sizeof(float));
        Launch(
            Kernel("loss.cu", prediction.DType, Form("mse_sums", columns, prediction.DType)),
            new LaunchShape(samples, chunks.Count, 1, Threads, 1, 1, 0),
            P(prediction), P(target), partial.Pointer, columns, chunks.Count, chunks.Columns);
        Launch(
            Kernel("loss.cu", prediction.DType, "mse_finish"), 1,
            partial.Pointer, P(sampleWeight), P(perSample), P(loss), samples, columns, chunks.Count);
    }

    internal override void MseBackward(Tensor prediction, Tensor target, Tensor? sampleWeight, Tensor dy, Tensor dprediction)
    {
        if (prediction.Count == 0)
            return;
        long samples = prediction.Shape[0], columns = prediction.Count / samples;
        Launch(
            Kernel("loss.cu", prediction.DType, Form("mse_backward", columns, prediction.DType)), PackBlocks(prediction),
            P(prediction), P(target), P(sampleWeight), P(dy), P(dprediction), samples, columns);
    }

    internal override void CrossEntropyForward(Tensor logits, Tensor labels, Tensor probabilities, Tensor loss)
    {
        long rows = logits.Shape[0];
        if (logits.Count == 0)
        {
            Fill(loss, double.NaN);
            return;
        }

        using CudaScratch losses = Scratch(rows * sizeof(float));
        Launch(
            Kernel("loss.cu", logits.DType, "cross_entropy_forward"), Divide(rows, Threads / 32),
            P(logits), P(labels), P(probabilities), losses.Pointer, rows, logits.Shape[1], faults.Pointer);
        Launch(Kernel("loss.cu", logits.DType, "cross_entropy_finish"), 1, losses.Pointer, P(loss), rows);
    }

    internal override void CrossEntropyBackward(Tensor probabilities, Tensor labels, Tensor dy, Tensor dlogits)
    {
        if (dlogits.Count > 0)
        {
            Launch(
                Kernel("loss.cu", dlogits.DType, "cross_entropy_backward"), Blocks(dlogits.Count),
                P(probabilities), P(labels), P(dy), P(dlogits), (long)dlogits.Shape[0], dlogits.Shape[1]);
        }
    }
}
