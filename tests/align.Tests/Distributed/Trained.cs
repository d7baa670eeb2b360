using System.Text.Json;

namespace AlignT2I.Align.Tests.Distributed;

/// <summary>What a fine-tuning gave.</summary>
/// <param name="Losses">The loss of each update, as the log has it.</param>
/// <param name="Weights">The file of the weights.</param>
internal sealed record Trained(double[] Losses, byte[] Weights)
{
    /// <summary>Takes result, checkpoints and log out of a run, so that the next begins anew.</summary>
    public static Trained Take(TinyRun tiny)
    {
        double[] losses =
        [
            .. File.ReadLines(tiny.In("log.jsonl")).Where(line => line.Contains("finetune", StringComparison.Ordinal)).Select(Loss),
        ];
        byte[] weights = File.ReadAllBytes(WeightsFile(tiny));
        Directory.Delete(tiny.In("finetuned"), recursive: true);
        Directory.Delete(tiny.In("checkpoints"), recursive: true);
        File.Delete(tiny.In("log.jsonl"));
        return new Trained(losses, weights);
    }

    /// <summary>Where a run has its weights.</summary>
    public static string WeightsFile(TinyRun tiny) => tiny.In("finetuned", "unet", "diffusion_pytorch_model.safetensors");

    static double Loss(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        return document.RootElement.GetProperty("values").GetProperty("loss").GetDouble();
    }
}
