using System.Globalization;

namespace AlignT2I.Training.Rewards;

/// <summary>A reward among those that an experiment compares (Lee et al. 2023, Fig. 4).</summary>
/// <param name="PromptClassification">Whether the loss has prompt classification.</param>
/// <param name="Fraction">Share of the labels that it is trained on, above 0 up to 1.</param>
public readonly record struct RewardVariant(bool PromptClassification, double Fraction)
{
    const string FractionPart = "fraction";

    /// <summary>With prompt classification, on all labels: the one that weights images.</summary>
    public static RewardVariant Reward => new(true, 1);

    /// <summary>Without prompt classification, on all labels.</summary>
    public static RewardVariant WithoutPromptClassification => new(false, 1);

    /// <summary>Folder below reward/, as in <c>fraction-0.5-without-prompt-classification</c>;
    /// empty for the one that weights images.</summary>
    public string FolderName => Joined(
        "-", Fraction == 1 ? "" : $"{FractionPart}-{Share}", PromptClassification ? "" : "without-prompt-classification");

    /// <summary>The variant whose <see cref="FolderName"/> this is; null where it is none's.</summary>
    internal static RewardVariant? OfFolder(string name)
    {
        double fraction = 1;
        string[] parts = name.Split('-', 3);
        if (parts is [FractionPart, var share, ..]
            && !double.TryParse(share, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out fraction))
            return null;
        RewardVariant[] both = [new(true, fraction), new(false, fraction)];
        return both.Where(v => v.FolderName == name).Select(v => (RewardVariant?)v).FirstOrDefault();
    }

    /// <summary>What people call it.</summary>
    public string Name => Joined(
        ", ", Fraction == 1 ? "reward" : $"{Share} of the labels", PromptClassification ? "" : "without prompt classification");

    static string Joined(string separator, params string[] parts) => string.Join(separator, parts.Where(p => p.Length > 0));

    /// <summary>How it is trained, where the one that weights images is trained like this.</summary>
    internal RewardTrainingOptions Apply(RewardTrainingOptions options) => options with
    {
        PromptClassificationWeight = PromptClassification ? options.PromptClassificationWeight : 0,
        DataFraction = options.DataFraction * Fraction,
    };

    string Share => Fraction.ToString("0.####", CultureInfo.InvariantCulture);
}
