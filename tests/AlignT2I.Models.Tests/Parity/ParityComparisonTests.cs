using AlignT2I.Engine;
using AlignT2I.Models.Parity;

namespace AlignT2I.Models.Tests.Parity;

internal sealed class ParityComparisonTests
{
    [Test]
    public void The_norms_are_of_the_difference_and_of_the_recording()
    {
        ParityComparison c = ParityComparison.Of("x", [3, 4.5], [3, 4], ParityMeasure.RelativeL2, 0.1);
        Assert.Multiple(() =>
        {
            Assert.That(c.MaxAbs, Is.EqualTo(0.5));
            Assert.That(c.RelativeL2, Is.EqualTo(0.1));
            Assert.That(c.Passed, Is.True);
            Assert.That((c with { Limit = 0.09 }).Passed, Is.False);
            Assert.That((c with { Measure = ParityMeasure.MaxAbs, Limit = 0.49 }).Passed, Is.False);
        });
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void What_is_not_a_number_never_passes(double value)
    {
        ParityComparison c = ParityComparison.Of("x", [value, 1], [1, 1], ParityMeasure.RelativeL2, 0.1);
        Assert.That(c.Passed || (c with { Measure = ParityMeasure.MaxAbs }).Passed, Is.False);
    }

    [Test]
    public void A_difference_from_zeros_is_infinite_and_none_is_zero()
    {
        Assert.That(ParityComparison.Of("x", [1e-9], [0], ParityMeasure.RelativeL2, 1).Passed, Is.False);
        Assert.That(ParityComparison.Of("x", [0], [0], ParityMeasure.RelativeL2, 0).Passed, Is.True);
    }

    [Test]
    public void Channels_move_to_the_last_axis_and_back()
    {
        double[] values = [.. Enumerable.Range(0, 2 * 3 * 4 * 5).Select(i => (double)i)];
        double[] last = ImageLayout.ToChannelsLast(values, [2, 3, 4, 5]);
        Assert.That(last[((1 * 4 + 2) * 5 + 3) * 3 + 1], Is.EqualTo(values[((1 * 3 + 1) * 4 + 2) * 5 + 3]));
        Assert.That(ImageLayout.ToChannelsFirst(last, [2, 4, 5, 3]), Is.EqualTo(values));
    }
}
