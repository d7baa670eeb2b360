using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Caching;

namespace AlignT2I.Training.Tests.Caching;

internal sealed class RowCacheTests
{
    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void A_row_that_is_not_of_numbers_is_not_kept_and_named(float value)
    {
        using var folder = new TestFolder();
        using (RowCache cache = new(folder["table"], [2]))
        {
            Assert.That(() => Ensure(cache, value), Throws.TypeOf<UsageException>().With.Message.Contains("'item 5'"));
        }
        using (RowTable table = RowTable.Open(folder["table"], [2]))
            Assert.That(table.Count, Is.EqualTo(4), "those of the batches before");
        using (RowCache again = new(folder["table"], [2]))
            Assert.That(Ensure(again, 7).Count, Is.EqualTo(8));
    }

    static RowTable Ensure(RowCache cache, float fifth) => cache.Ensure(
        [.. Enumerable.Range(0, 8)], i => $"item {i}",
        batch => Tensor.From([.. batch.SelectMany(i => (float[])[i, i == 5 ? fifth : 1])], [batch.Count, 2]), batchSize: 4,
        "compute", progress: null, CancellationToken.None);
}
