using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Pipelines;

/// <summary>Whole inferences against recordings, and a tiny model in and out of a diffusers folder.</summary>
internal sealed class StableDiffusionPipelineTests
{
    static readonly string[] prompts = ["two red stars", "a moon"];
    static readonly GenerationOptions options = new() { NumInferenceSteps = 3, GuidanceScale = 2 };

    string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("pipeline").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [TestCase("pipeline/ddim-10")]
    [TestCase("pipeline/plms-10")]
    public void Inference_matches_the_recording(string name) => Golden.Check(name);

    [Test]
    public void A_seed_gives_the_same_image_alone_and_in_a_batch(
        [Values("ddpm", "ddim", "pndm", "euler", "euler-ancestral", "dpmpp-2m")] string sampler)
    {
        using StableDiffusionModel model = Tiny();
        SchedulerConfig config = Sampler.Named(sampler).Apply(model.SchedulerConfig);
        var pipeline = new StableDiffusionPipeline(model, Scheduler.Create(config, eta: sampler == "ddim" ? 1 : 0));
        Image[] both = pipeline.Generate(prompts, [7, 8], options);
        Image alone = pipeline.Generate([prompts[1]], [8], options).Single();
        Assert.That((both[1].Width, both[1].Height, both[1].Channels), Is.EqualTo((16, 16, 3)));
        int worst = alone.Pixels.Zip(both[1].Pixels, (a, b) => Math.Abs(a - b)).Max();
        Assert.That(worst, Is.LessThanOrEqualTo(1), "levels");
        Assert.That(both[0].Pixels, Is.Not.EqualTo(both[1].Pixels));
    }

    [Test]
    public void Images_need_not_be_square_nor_their_latents_even()
    {
        using StableDiffusionModel model = Tiny();
        var pipeline = new StableDiffusionPipeline(model);
        GenerationOptions wide = options with { Height = 14, Width = 26 };      // latents of 7 x 13 in a UNet of two levels
        Image[] both = pipeline.Generate(prompts, [7, 8], wide);
        Assert.That((both[0].Width, both[0].Height, both[0].Channels), Is.EqualTo((26, 14, 3)));
        Image alone = pipeline.Generate([prompts[1]], [8], wide).Single();
        Assert.That(alone.Pixels.Zip(both[1].Pixels, (a, b) => Math.Abs(a - b)).Max(), Is.LessThanOrEqualTo(1), "levels");
    }

    [Test]
    public void First_noise_is_torch_randn_of_the_seed_laid_out_as_images()
    {
        using StableDiffusionModel model = Tiny();
        using MemoryScope scope = MemoryScope.Open();
        const int height = 3, width = 5, channels = 4;
        float[] noise = new StableDiffusionPipeline(model)
            .Noise([new TorchGenerator(1), new TorchGenerator(42)], [2, height, width, channels]).ToArray<float>();
        float[] torch = new float[channels * height * width];       // randn((1, 4, h, w), generator=manual_seed(42))
        new TorchGenerator(42).Randn(torch);
        for (int c = 0; c < channels; c++)
            for (int p = 0; p < height * width; p++)
                Assert.That(noise[(height * width + p) * channels + c], Is.EqualTo(torch[c * height * width + p]));
    }

    [Test]
    public void Latents_of_images_are_the_scaled_mean_of_pixels_from_minus_one_to_one()
    {
        using StableDiffusionModel model = Tiny();
        using MemoryScope scope = MemoryScope.Open();
        var pipeline = new StableDiffusionPipeline(model);
        Image[] images = [.. new byte[] { 0, 255 }.Select(v => new Image(12, 8, 3, [.. Enumerable.Repeat(v, 12 * 8 * 3)]))];
        using Tape tape = Tape.Open();
        Tensor latents = pipeline.EncodeImages(images);
        Shape expected = [2, 4, 6, 4];
        Assert.That(latents.Shape, Is.EqualTo(expected));
        Assert.That(() => tape.Backward(F.Sum(latents)), Throws.InvalidOperationException, "nothing is recorded");
        float[] pixels = [.. Enumerable.Repeat(-1f, 12 * 8 * 3), .. Enumerable.Repeat(1f, 12 * 8 * 3)];
        Tensor mean = model.Vae.Encode(Tensor.From(pixels, [2, 8, 12, 3])).Mean;
        Assert.That(latents.ToArray<float>(), Is.EqualTo(F.Affine(mean, model.Vae.Config.ScalingFactor).ToArray<float>()));
        Image[] unequal = [images[0], new Image(8, 8, 3, new byte[8 * 8 * 3])];
        Assert.That(() => pipeline.EncodeImages(unequal), Throws.TypeOf<UsageException>().With.Message.Contains("image 1 is 8x8"));
    }

    [Test]
    public void Decoding_many_images_takes_the_memory_of_one()
    {
        using StableDiffusionModel model = Tiny();
        var pipeline = new StableDiffusionPipeline(model);
        long Peak(int images)
        {
            using MemoryScope scope = MemoryScope.Open();
            Tensor latents = Tensor.Zeros([images, 64, 48, 4], DType.F32, Backend.Cpu);
            return PeakMemory.Of(() => Assert.That(pipeline.Decode(latents).Select(i => (i.Width, i.Height)), Is.All.EqualTo((96, 128))));
        }
        const int split = 64 * 48 * 4 * sizeof(float);      // the latents one by one
        Assert.That(Peak(5), Is.EqualTo(Peak(1) + 4 * split));
    }

    [Test]
    public void Latents_that_are_not_numbers_make_no_black_image()
    {
        using StableDiffusionModel model = Tiny();
        using MemoryScope scope = MemoryScope.Open();
        Tensor latents = Tensor.From((float[])[.. Enumerable.Repeat(float.NaN, 8 * 8 * 4)], [1, 8, 8, 4]);
        Assert.That(() => new StableDiffusionPipeline(model).Decode(latents),
            Throws.TypeOf<UsageException>().With.Message.Contains("not numbers").And.Message.Contains("weights"));
    }

    [Test]
    public void Without_guidance_the_negative_prompt_does_not_matter()
    {
        using StableDiffusionModel model = Tiny();
        var pipeline = new StableDiffusionPipeline(model);
        GenerationOptions plain = options with { GuidanceScale = 1 };
        byte[] one = pipeline.Generate(["a moon"], [1], plain)[0].Pixels,
            other = pipeline.Generate(["a moon"], [1], plain with { NegativePrompt = "stars" })[0].Pixels;
        byte[] guided = pipeline.Generate(["a moon"], [1], options with { GuidanceScale = 9 })[0].Pixels;
        Assert.That(other, Is.EqualTo(one));
        Assert.That(guided, Is.Not.EqualTo(one));
    }

    [Test]
    public void Progress_counts_every_evaluation_and_memory_is_given_back()
    {
        using StableDiffusionModel model = Tiny();
        var pipeline = new StableDiffusionPipeline(model);
        long before = Backend.Cpu.LiveBytes;
        List<(int, int)> steps = [];
        pipeline.Generate(["a moon"], [1], options, (step, of, latents) => steps.Add((step, of + (latents.Shape[1] == 8 ? 0 : 100))));
        Assert.That(steps, Is.EqualTo(new[] { (1, 4), (2, 4), (3, 4), (4, 4) }));
        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
    }

    [Test]
    public void Cancelling_stops_between_steps()
    {
        using StableDiffusionModel model = Tiny();
        var pipeline = new StableDiffusionPipeline(model);
        using CancellationTokenSource source = new();
        int last = 0;
        Assert.That(() => pipeline.Generate(["a moon"], [1], options, (step, _, _) =>
        {
            last = step;
            if (step == 2) source.Cancel();
        }, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(last, Is.EqualTo(2));
    }

    [Test]
    public void A_saved_model_is_the_same_model()
    {
        using StableDiffusionModel model = Tiny();
        model.Save(folder);
        using StableDiffusionModel again = StableDiffusionModel.Load(folder);
        Image before = new StableDiffusionPipeline(model).Generate(["two stars"], [3], options)[0];
        Assert.That(new StableDiffusionPipeline(again).Generate(["two stars"], [3], options)[0].Pixels, Is.EqualTo(before.Pixels));
        Assert.That(Directory.GetFiles(folder, "*.tmp", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void Another_unet_can_take_the_place_of_the_folders_own()
    {
        using StableDiffusionModel model = Tiny(), other = Tiny(seed: 99);
        model.Save(folder);
        string unet = Path.Combine(folder, "finetuned");
        other.SaveUNet(unet, DType.F16);
        using StableDiffusionModel mixed = StableDiffusionModel.Load(folder, unet);
        double mine = model.UNetParameters["conv_in.weight"].Value.ToArray<float>()[0],
            theirs = other.UNetParameters["conv_in.weight"].Value.ToArray<float>()[0];
        double found = mixed.UNetParameters["conv_in.weight"].Value.ToArray<float>()[0];
        Assert.That(found, Is.EqualTo(theirs).Within(1e-3));
        Assert.That(mine, Is.Not.EqualTo(theirs).Within(1e-2));
    }

    [Test]
    public void Folders_that_are_no_model_are_refused()
    {
        Assert.That(() => StableDiffusionModel.Load(Path.Combine(folder, "none")),
            Throws.TypeOf<UsageException>().With.Message.Contains("none"));
        Assert.That(() => StableDiffusionModel.Load(folder), Throws.TypeOf<UsageException>().With.Message.Contains("model_index.json"));
        using StableDiffusionModel model = Tiny();
        model.Save(folder);
        File.WriteAllText(Path.Combine(folder, "model_index.json"), """{"_class_name": "FluxPipeline"}""");
        Assert.That(() => StableDiffusionModel.Load(folder), Throws.TypeOf<FileFormatException>().With.Message.Contains("FluxPipeline"));
        model.Save(folder);
        (TinyUNet with { CrossAttentionDim = 24 }).Write(Path.Combine(folder, "unet", "config.json"));
        Assert.That(() => StableDiffusionModel.Load(folder),
            Throws.TypeOf<FileFormatException>().With.Message.Contains("cross_attention_dim is 24"));
        model.Save(folder);
        string weights = Path.Combine(folder, "unet", "diffusion_pytorch_model.safetensors");
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..5000]);
        Assert.That(() => StableDiffusionModel.Load(folder), Throws.TypeOf<FileFormatException>().With.Message.Contains(weights));
    }

    [TestCase(HubConfigs.ModelIndex, HubConfigs.Preprocessor)]
    [TestCase(HubConfigs.ModelIndexToday, HubConfigs.PreprocessorToday)]
    public void Folders_as_people_download_them_are_read(string index, string preprocessor)
    {
        using StableDiffusionModel model = Tiny();
        model.Save(folder);
        File.WriteAllText(Path.Combine(folder, "model_index.json"), index);
        File.WriteAllText(Path.Combine(folder, "scheduler", "scheduler_config.json"), HubConfigs.Scheduler);
        File.WriteAllText(Path.Combine(folder, "tokenizer", "tokenizer_config.json"), HubConfigs.Tokenizer.Replace("77", "8"));
        foreach (string part in (string[])["safety_checker", "feature_extractor"])
            Directory.CreateDirectory(Path.Combine(folder, part));
        string processor = Path.Combine(folder, "feature_extractor", "preprocessor_config.json");
        File.WriteAllText(processor, preprocessor);

        Assert.That(ClipImageProcessorConfig.Read(processor).ImageStd, Is.EqualTo(new ClipImageProcessorConfig().ImageStd));
        using StableDiffusionModel again = StableDiffusionModel.Load(folder);
        Image before = new StableDiffusionPipeline(model).Generate(["two stars"], [3], options)[0];
        Assert.That(new StableDiffusionPipeline(again).Generate(["two stars"], [3], options)[0].Pixels, Is.EqualTo(before.Pixels));
    }

    [Test]
    public void The_position_ids_of_older_transformers_are_ignored_and_nothing_else()
    {
        using StableDiffusionModel model = Tiny();
        model.Save(folder);
        string weights = Path.Combine(folder, "text_encoder", "model.safetensors");
        AddTo(weights, "text_model.embeddings.position_ids");
        Assert.That(() => StableDiffusionModel.Load(folder).Dispose(), Throws.Nothing);
        AddTo(weights, "text_model.embeddings.surplus");
        Assert.That(() => StableDiffusionModel.Load(folder), Throws.TypeOf<FileFormatException>().With.Message.Contains("surplus"));
    }

    /// <summary>Writes the model's text encoder again with one tensor more.</summary>
    static void AddTo(string path, string name)
    {
        using StableDiffusionModel model = Tiny();
        using MemoryScope scope = MemoryScope.Open();
        Parameter more = new(name, Tensor.Zeros([1, 8], DType.F32, Backend.Cpu), ParameterLayout.AsInFile);
        ParameterFile.Save(path, model.TextEncoderParameters.Parameters.Append(more));
    }

    [Test]
    public void Options_that_do_not_fit_are_refused()
    {
        using StableDiffusionModel model = Tiny();
        var pipeline = new StableDiffusionPipeline(model);
        long before = Backend.Cpu.LiveBytes;
        Assert.That(() => pipeline.Generate(["a"], [1], options with { Height = 17 }),
            Throws.TypeOf<UsageException>().With.Message.Contains("multiple of 2"));
        Assert.That(() => pipeline.Generate(["a"], [1, 2], options), Throws.TypeOf<UsageException>().With.Message.Contains("2 seeds"));
        Assert.That(() => pipeline.Generate(["a"], [1], options with { NumInferenceSteps = 1000 }),
            Throws.TypeOf<UsageException>().With.Message.Contains("999"));
        Assert.That(Backend.Cpu.LiveBytes, Is.EqualTo(before));
    }

    static UNet2DConditionConfig TinyUNet => new()
    {
        SampleSize = 8,
        BlockOutChannels = [8, 16],
        LayersPerBlock = 1,
        NormNumGroups = 4,
        CrossAttentionDim = 12,
        AttentionHeadDim = [2],
        DownBlockTypes = ["CrossAttnDownBlock2D", "DownBlock2D"],
        UpBlockTypes = ["UpBlock2D", "CrossAttnUpBlock2D"],
    };

    static StableDiffusionModel Tiny(ulong seed = 5)
    {
        ClipTokenizer tokenizer = BpeTrainer.Train(["a", "two", "red", "stars", "moon"], modelMaxLength: 8);
        ClipTextConfig text = new()
        {
            VocabSize = tokenizer.VocabularySize,
            HiddenSize = 12,
            IntermediateSize = 20,
            NumHiddenLayers = 1,
            NumAttentionHeads = 3,
            MaxPositionEmbeddings = 8,
            EosTokenId = tokenizer.EosTokenId,
            BosTokenId = tokenizer.BosTokenId,
        };
        AutoencoderKLConfig vae = new()
        {
            BlockOutChannels = [8, 8],
            LayersPerBlock = 1,
            NormNumGroups = 4,
            SampleSize = 16,
            DownBlockTypes = ["DownEncoderBlock2D", "DownEncoderBlock2D"],
            UpBlockTypes = ["UpDecoderBlock2D", "UpDecoderBlock2D"],
        };
        return new StableDiffusionModel(tokenizer, new SchedulerConfig(),
            (text, new RandomParameters(seed)), (TinyUNet, new RandomParameters(seed)), (vae, new RandomParameters(seed)));
    }
}
