namespace AlignT2I.Engine.Tests;

internal sealed class LossScalerTests
{
    [Test]
    public void Overflow_halves_the_scale_and_steps_in_a_row_double_it()
    {
        LossScaler scaler = new(growthInterval: 3);
        Assert.That(scaler.Update(finite: false), Is.True);
        Assert.That(scaler.Scale, Is.EqualTo(32768));
        Assert.That(scaler.SkippedSteps, Is.EqualTo(1));
        foreach (bool finite in new[] { true, true, false, true, true })
            scaler.Update(finite);
        Assert.That(scaler.Scale, Is.EqualTo(16384), "the row was broken");
        scaler.Update(true);
        Assert.That(scaler.Scale, Is.EqualTo(32768));
        for (int i = 0; i < 100; i++)
            scaler.Update(true);
        Assert.That(scaler.Scale, Is.EqualTo(1 << 24), "the scale has a greatest value");
    }

    [Test]
    public void The_smallest_scale_is_the_last()
    {
        LossScaler scaler = new();
        Assert.That(
            Enumerable.Range(0, 17).Select(_ => scaler.Update(finite: false)),
            Is.EqualTo(Enumerable.Repeat(true, 16).Append(false)));
        Assert.That(scaler.Scale, Is.EqualTo(1));
    }

    [Test]
    public void The_state_goes_through_a_dictionary()
    {
        LossScaler scaler = new(), restored = new();
        foreach (bool finite in new[] { false, false, true, true, true })
            scaler.Update(finite);
        Assert.That(restored.TryRestore(scaler.State), Is.True);
        Assert.That((restored.Scale, restored.FiniteSteps, restored.SkippedSteps), Is.EqualTo((16384.0, 3, 2L)));
        Assert.That(restored.TryRestore(new Dictionary<string, string>()), Is.False);
        Assert.That(restored.TryRestore(new Dictionary<string, string>(scaler.State) { ["scaler.scale"] = "3" }), Is.False);
    }
}
