namespace AlignT2I.Feedback.Tests;

/// <summary>Agreement against worked examples of the literature.</summary>
internal sealed class NominalAgreementTests
{
    /// <summary>Ten subjects, fourteen raters, five categories: the worked example of the article "Fleiss' kappa" in Wikipedia.</summary>
    static readonly int[][] fleissExample =
    [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ];

    [Test]
    public void Fleiss_kappa_of_the_worked_example() => Assert.Multiple(() =>
    {
        Assert.That(NominalAgreement.Percent(fleissExample), Is.EqualTo(0.378).Within(5e-4));
        Assert.That(NominalAgreement.FleissKappa(fleissExample), Is.EqualTo(0.210).Within(5e-4));
    });

    /// <summary>Krippendorff 2011, sections A to C: binary data of two observers, nominal data of two, nominal data of four with
    /// gaps.</summary>
    [TestCase("0100000010 1110010000", 0.095)]
    [TestCase("aabbdcccedda babbbccceddd", 0.692)]
    [TestCase("123321412... 1233224125.3 .3332342251. 12332441251.", 0.743)]
    public void Krippendorff_alpha_of_the_worked_examples(string observers, double alpha)
    {
        string[] rows = observers.Split(' ');
        char[] categories = [.. string.Concat(rows).Distinct().Where(c => c != '.')];
        int[][] units =
        [
            .. Enumerable.Range(0, rows[0].Length).Select(unit => categories.Select(c => rows.Count(row => row[unit] == c)).ToArray()),
        ];
        Assert.That(NominalAgreement.KrippendorffAlpha(units), Is.EqualTo(alpha).Within(5e-4));
    }

    [Test]
    public void Perfect_agreement_is_one_and_a_single_category_says_nothing() => Assert.Multiple(() =>
    {
        int[][] perfect = [[3, 0], [0, 3], [3, 0]], single = [[3, 0], [3, 0]];
        Assert.That(NominalAgreement.FleissKappa(perfect), Is.EqualTo(1).Within(1e-12));
        Assert.That(NominalAgreement.KrippendorffAlpha(perfect), Is.EqualTo(1).Within(1e-12));
        Assert.That(NominalAgreement.FleissKappa(single), Is.Null);
        Assert.That(NominalAgreement.KrippendorffAlpha(single), Is.Null);
        Assert.That(NominalAgreement.Percent([[1, 0]]), Is.Null);
        Assert.That(() => NominalAgreement.FleissKappa([[2, 0], [3, 0]]), Throws.ArgumentException);
    });

    [Test]
    public void Images_with_fewer_labels_count_for_alpha_but_not_for_kappa()
    {
        RaterAgreement agreement = RaterAgreement.Of(
            [new("images/1.png", "p", 3, 0), new("images/2.png", "p", 1, 2), new("images/3.png", "p", 1, 1),
                new("images/4.png", "p", 1, 0)]);
        Assert.That(agreement, Has.Property("Images").EqualTo(3).And.Property("FleissImages").EqualTo(2).And.Property("FleissLabels")
            .EqualTo(3));
        Assert.That(agreement.Percent, Is.EqualTo((1 + 1.0 / 3 + 0) / 3).Within(1e-12));
    }
}
