using System.Diagnostics;

namespace AlignT2I.Training.Generation;

/// <summary>Counts the denoising steps of images: what a bar of minutes an image needs.</summary>
/// <param name="inner">Receives the reports; null for no one.</param>
/// <param name="images">Images in all.</param>
/// <param name="stepsPerImage">Evaluations of the UNet for each.</param>
/// <param name="done">Images that were there before.</param>
internal sealed class GenerationProgress(IProgress<StageProgress>? inner, int images, int stepsPerImage, int done)
{
    const double Gigabyte = 1e9;

    readonly Stopwatch watch = Stopwatch.StartNew();
    int drawn;

    /// <summary>A batch has done so many of its steps.</summary>
    public void Report(int batch, int step) => inner?.Report(new StageProgress(
        "generate", (long)done * stepsPerImage + (long)batch * step, (long)images * stepsPerImage, "step",
        ("image", Math.Min(done + batch, images)), ("img/s", Rate(batch, step)), ("GB", Environment.WorkingSet / Gigabyte)));

    /// <summary>A batch is drawn.</summary>
    public void Finish(int batch) => (done, drawn) = (done + batch, drawn + batch);

    double Rate(int batch, int step) => (drawn + (double)batch * step / stepsPerImage) / watch.Elapsed.TotalSeconds;
}
