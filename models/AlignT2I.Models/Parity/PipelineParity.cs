using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of whole inferences: ids to text states, guided denoising, decoding.</summary>
internal static class PipelineParity
{
    public static void Run(ParityRun run)
    {
        ParitySetting config = run.Case.Settings;
        using StableDiffusionModel model = Model(run);
        bool plms = config["scheduler"].Text == "plms";
        var pipeline = new StableDiffusionPipeline(model,
            plms ? new PndmScheduler(new SchedulerConfig()) : new DdimScheduler(new SchedulerConfig()));
        var options = new GenerationOptions
        {
            NumInferenceSteps = config["num_inference_steps"].Count,
            GuidanceScale = config["guidance_scale"].Number,
        };

        using Tape pause = Tape.Pause();
        Tensor states = model.TextEncoder.Call(Ids(run, "input.input_ids")),
            negative = model.TextEncoder.Call(Ids(run, "input.uncond_input_ids"));
        run.Check("output.context_cond", states, ParityLimits.Output);
        run.Check("output.context_uncond", negative, ParityLimits.Output);
        int n = states.Shape[0], row = states.Shape[1] * states.Shape[2];
        Tensor oneNegative = F.SliceLast(negative.Reshape([n * row]), 0, row).Reshape([1, states.Shape[1], states.Shape[2]]);

        List<double> trajectory = [];
        Tensor latents = pipeline.Denoise(run.Image("input.latent"), states, oneNegative, options, progress: (step, _, now) =>
        {
            // The recording has one row for the two evaluations of PLMS's first step.
            if (!plms || step > 1) trajectory.AddRange(ImageLayout.ToChannelsFirst(Doubles(now), now.Shape));
        });
        run.Check("output.latent_trajectory", [.. trajectory], ParityLimits.Pipeline);
        run.CheckImage("output.latent", latents, ParityLimits.Pipeline);
        Tensor decoded = model.Vae.DecodeLatents(latents);
        run.CheckImage("output.decoded", decoded, ParityLimits.Pipeline);
        run.CheckImage("output.image", F.Clamp(F.Affine(decoded, 0.5, 0.5), 0, 1), ParityLimits.Pipeline);
        // Half a level lies between one byte and the next: rounding noise may cross it.
        double[] levels = [.. pipeline.Decode(latents).SelectMany(i => i.Pixels).Select(p => (double)p)];
        run.CheckMaxAbs("output.image_u8", levels, ParityLimits.PipelineLevels);
    }

    static StableDiffusionModel Model(ParityRun run)
    {
        var source = new SyntheticParameters(
            run.Case.Weights ?? throw new FileFormatException(run.Case.Path, "the case has weights 'none'."));
        ClipTextConfig text = ClipTextConfig.Parse(Json("text_encoder"), run.Case.Path);
        return new StableDiffusionModel(
            BpeTrainer.Train([], text.MaxPositionEmbeddings), new SchedulerConfig(), (text, source),
            (UNet2DConditionConfig.Parse(Json("unet"), run.Case.Path), source),
            (AutoencoderKLConfig.Parse(Json("vae"), run.Case.Path), source),
            run.Backend, run.DType);

        string Json(string part) => run.Case.Settings[part].Json;
    }

    static Tensor Ids(ParityRun run, string name) =>
        Tensor.From(Array.ConvertAll(run.Case.Values(name), id => (int)id), run.Case.ShapeOf(name), run.Backend);

    static double[] Doubles(Tensor x) =>
        x.DType == DType.F64 ? x.ToArray<double>() : Array.ConvertAll(x.ToArray<float>(), v => (double)v);
}
