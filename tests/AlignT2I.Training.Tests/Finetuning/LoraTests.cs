using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.Schedulers;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Runs;
using AlignT2I.Training.Tests.Events;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Lora;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.Training.Tests.Finetuning;

/// <summary>Low-rank adaptation instead of all weights.</summary>
public class LoraTests
{
    static readonly FinetuneOptions options = TinyFinetuning.Options with { LoraRank = 2, LoraAlpha = 3, Steps = 6, LearningRate = 1e-2 };

    [Test]
    public void It_is_the_same_model_before_training()
    {
        using var folder = new TestFolder();
        TinyModel.Write(folder["model"]);
        using LowRankAdapters adapters = FinetuneStage.Adapters(options, Backend.Cpu)!;
        using StableDiffusionModel plain = StableDiffusionModel.Load(folder["model"]),
            adapted = StableDiffusionModel.Load(folder["model"], adapters: adapters);
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.Full([1, 16, 16, 4], DType.F32, Backend.Cpu, 0.3f), t = Tensor.From([7f], [1]),
            text = Tensor.Full([1, 10, 8], DType.F32, Backend.Cpu, 0.1f);
        Assert.That(adapted.UNet.Call(x, t, text).ToArray<float>(), Is.EqualTo(plain.UNet.Call(x, t, text).ToArray<float>()));
        // One transformer on the way down, one in the middle, two on the way up; each has two attentions of four layers.
        Assert.That(adapters.Paths, Has.Count.EqualTo(adapters.Paths.Distinct().Count()).And.Count.EqualTo(8 * 4));
        Assert.That(adapters.CountFor(p => _ = new Models.StableDiffusion.UNet2DCondition(p, plain.UNet.Config)),
            Is.EqualTo(adapters.Parameters.Count));
    }

    [Test]
    public void Only_the_adaptation_changes_and_the_loss_falls([Values(DType.F32, DType.BF16)] DType dtype)
    {
        using var folder = new TestFolder();
        FinetuneOptions training = options with { Dtype = dtype.Name, Steps = 60, CheckpointSteps = 1000 };
        using var trained = new Trained(folder, training);
        using StableDiffusionModel plain = StableDiffusionModel.Load(folder["model"], trainedUNet: dtype);
        foreach (Parameter parameter in trained.Model.UNetParameters.Parameters)
            Assert.That(Read(parameter.Operand), Is.EqualTo(Read(plain.UNetParameters[parameter.Name].Operand)), parameter.Name);
        Assert.That(trained.Result.Losses.TakeLast(15).Average(), Is.LessThan(trained.Result.Losses.Take(15).Average()));
    }

    [Test]
    public void The_files_merged_by_the_converter_are_the_model_that_was_written(
        [Values(LoraFiles.Kohya, LoraFiles.Diffusers)] string file)
    {
        using var folder = new TestFolder();
        using var trained = new Trained(folder, options);
        using (RunFolder run = RunFolder.Open(folder["run"]))
            FinetuneStage.Save(run, FinetuneMix.Full, trained.Model, trained.Adapters, trained.Trainer.Averages);
        using (WeightsModel model = WeightsModel.Open(folder["model"]), lora = WeightsModel.Open(folder[$"run/finetuned/lora/{file}"]))
        {
            Assert.That(LoraMerge.Apply(model, (LoraWeights)lora, 1), Is.EqualTo(trained.Adapters.Paths.Count));
            Converter.Write(model, folder["merged"], new ConversionOptions());
        }
        using SafetensorsFile expected = SafetensorsFile.Open(folder["merged/unet/diffusion_pytorch_model.safetensors"]),
            found = SafetensorsFile.Open(folder["run/finetuned/unet/diffusion_pytorch_model.safetensors"]),
            before = SafetensorsFile.Open(folder["model/unet/diffusion_pytorch_model.safetensors"]);
        Assert.That(found.Tensors.Select(t => t.Name), Is.EquivalentTo(before.Tensors.Select(t => t.Name)));
        int changed = 0;
        foreach (SafetensorsTensor tensor in found.Tensors)
        {
            float[] ours = Floats(found, tensor.Name), theirs = Floats(expected, tensor.Name);
            for (int i = 0; i < ours.Length; i++)
                Assert.That(ours[i], Is.EqualTo(theirs[i]).Within(1e-6f), tensor.Name);     // float32 products in another order
            changed += Floats(before, tensor.Name).SequenceEqual(ours) ? 0 : 1;
        }
        Assert.That(changed, Is.EqualTo(trained.Adapters.Paths.Count));
    }

    [Test]
    public void Interrupted_and_resumed_it_gives_the_same_bits()
    {
        using var folder = new TestFolder();
        using var whole = new Trained(folder, options with { CheckpointSteps = 4 });
        File.Delete(folder["checkpoints/step-000006.safetensors"]);     // as if killed after step 4
        using var resumed = new Trained(folder, options with { CheckpointSteps = 4 }, resume: true);
        Assert.That(resumed.Result.ResumedAt, Is.EqualTo(4));
        Assert.That(resumed.State, Is.EqualTo(whole.State));
    }

    [Test]
    public void A_target_that_is_no_layer_is_refused()
    {
        using var folder = new TestFolder();
        TinyModel.Write(folder["model"]);
        using LowRankAdapters adapters = FinetuneStage.Adapters(options with { LoraTargets = ["to_q", "to_z"] }, Backend.Cpu)!;
        Assert.That(
            () => StableDiffusionModel.Load(folder["model"], adapters: adapters),
            Throws.TypeOf<UsageException>().With.Message.Contains("'to_z'"));
    }

    static float[] Read(Tensor tensor)
    {
        using MemoryScope scope = MemoryScope.Open();
        return Functional.Cast(tensor, DType.F32).ToArray<float>();
    }

    static float[] Floats(SafetensorsFile file, string name) => MemoryMarshal.Cast<byte, float>(file.GetBytes(name)).ToArray();

    sealed class Trained : IDisposable
    {
        public Trained(TestFolder folder, FinetuneOptions options, bool resume = false)
        {
            using (StableDiffusionModel tiny = StableDiffusionModel.Load(TinyModel.Write(folder["float16"])))
                tiny.Save(folder["model"]);     // float32, so that merging rounds nothing
            Adapters = FinetuneStage.Adapters(options, Backend.Cpu)!;
            Model = StableDiffusionModel.Load(folder["model"], trainedUNet: options.ComputeType, adapters: Adapters);
            Trainer = new FinetuneTrainer(
                Model.UNet, Adapters.Parameters, Scheduler.Create(Model.SchedulerConfig), EventFileTests.Data(), options);
            Result = Trainer.Run(folder["checkpoints"], resume);
        }

        public LowRankAdapters Adapters { get; }

        public StableDiffusionModel Model { get; }

        public FinetuneTrainer Trainer { get; }

        public FinetuneResult Result { get; }

        public float[] State => [.. Adapters.Parameters.Parameters.Concat(Trainer.Averages).SelectMany(p => p.Value.ToArray<float>())];

        public void Dispose()
        {
            Trainer.Dispose();
            Model.Dispose();
            Adapters.Dispose();
        }
    }
}
