using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.Models.Aesthetic;
using AlignT2I.Testing;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>The published aesthetic predictors, converted, score real embeddings as they should.</summary>
internal sealed class AestheticConversionTests
{
    [TestCase("sac+logos+ava1-l14-linearMSE.pth", new[] { 1.65548, 3.67245, 5.07305, 5.74676 })]
    [TestCase("sa_0_4_vit_l_14_linear.pth", new[] { -2.45791, 3.58493, 7.78699, 11.30443 })]
    public void Converted_predictors_give_the_known_scores(string name, double[] expected)
    {
        using var folder = new TempFolder();
        string target = Path.Combine(folder.Path, "aesthetic");
        using (WeightsModel model = WeightsModel.Open(Data(name)))
            Converter.Write(model, target, new ConversionOptions());

        using MemoryScope scope = MemoryScope.Open();
        using AestheticScorer scorer = AestheticScorer.Load(target);
        float[] embeds = [.. ((int[])[0, 3, 6, 9]).SelectMany(i => Npy.Read(Data($"embeddings/rating{i}.npy")).Values)];
        float[] scores = scorer.Score(Tensor.From(embeds, [4, 768]));
        Assert.That(scores, Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void A_single_file_keeps_the_tensors()
    {
        using var folder = new TempFolder();
        string target = Path.Combine(folder.Path, "v1.safetensors");
        using (WeightsModel model = WeightsModel.Open(Data("sa_0_4_vit_l_14_linear.pth")))
            Converter.Write(model, target, new ConversionOptions());
        using SafetensorsFile file = SafetensorsFile.Open(target);
        Assert.That(file.Tensors.Select(t => t.Name), Is.EquivalentTo(new[] { "weight", "bias" }));
        using WeightsModel again = WeightsModel.Open(target);
        Assert.That((again.Kind, again.Problems.Count), Is.EqualTo((ModelKind.AestheticPredictor, 0)));
    }

    static string Data(string name)
    {
        string path = Path.GetFullPath(Path.Combine(Golden.Root, "..", "shared", "data", "aesthetic", name));
        if (!File.Exists(path))
            Assert.Ignore($"The file {name} is not there; put the aesthetic predictors in ../shared/data/aesthetic beside the "
                + "repository.");
        return path;
    }
}
