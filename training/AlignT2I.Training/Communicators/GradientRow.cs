using AlignT2I.Engine;

namespace AlignT2I.Training.Communicators;

/// <summary>The gradients of all parameters seen as one row of elements, in the order in which backward completes them.</summary>
/// <remarks>
/// The first pass shows that order, and how often each gradient is added to; it is the same in every pass and on every rank, for all
/// compute the same network. Until it has ended no gradient counts as complete.
/// </remarks>
internal sealed class GradientRow
{
    readonly Parameter[] parameters;
    readonly Dictionary<Tensor, int> indices = [];
    readonly int[] additions, expected, lastAddition;
    readonly int[] order;
    readonly long[] ends;       // where the gradient at a place of the order ends
    int clock, complete;
    bool learned;

    public GradientRow(IReadOnlyList<Parameter> parameters)
    {
        this.parameters = [.. parameters];
        for (int i = 0; i < this.parameters.Length; i++)
            indices.Add(this.parameters[i].Operand, i);
        (additions, expected, lastAddition) = (new int[parameters.Count], new int[parameters.Count], new int[parameters.Count]);
        (order, ends) = ([.. Enumerable.Range(0, parameters.Count)], new long[parameters.Count]);
        Length = parameters.Sum(p => p.Value.Count);
    }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>Number of elements, from the first, that this pass will not change any more.</summary>
    public long CompleteLength => complete == 0 ? 0 : ends[complete - 1];

    public void BeginPass()
    {
        Array.Clear(additions);
        complete = 0;
        Advance();
    }

    /// <summary>Counts an addition to a gradient.</summary>
    /// <returns>Whether it is a parameter's.</returns>
    public bool Add(Tensor leaf)
    {
        if (!indices.TryGetValue(leaf, out int index))
            return false;
        additions[index]++;
        lastAddition[index] = ++clock;
        Advance();
        return true;
    }

    /// <summary>Ends a pass; the first shows the order.</summary>
    /// <exception cref="InvalidOperationException">It added to other gradients than the first: buckets were sent too soon.</exception>
    public void EndPass()
    {
        if (!learned)
        {
            additions.CopyTo(expected, 0);
            Array.Sort((int[])lastAddition.Clone(), order);
            long end = 0;
            for (int place = 0; place < order.Length; place++)
                ends[place] = end += parameters[order[place]].Value.Count;
            learned = true;
        }
        if (!additions.AsSpan().SequenceEqual(expected))
            throw new InvalidOperationException("a backward pass added to other gradients than the first one did.");
        complete = order.Length;
    }

    /// <summary>Copies elements of the gradients; what is beyond the row stays as it is.</summary>
    public void Read(long first, Tensor to) =>
        Visit(first, to, (gradient, index, place, count) => to.CopyFrom(gradient, index, place, count));

    /// <summary>Replaces elements of the gradients.</summary>
    public void Write(long first, Tensor from) =>
        Visit(first, from, (gradient, index, place, count) => gradient.CopyFrom(from, place, index, count));

    void Advance()
    {
        while (learned && complete < order.Length && additions[order[complete]] == expected[order[complete]])
            complete++;
    }

    void Visit(long first, Tensor part, Action<Tensor, int, int, int> visit)
    {
        int place = Array.BinarySearch(ends, first + 1);
        place = place < 0 ? ~place : place;
        for (int index = 0; index < part.Count && place < order.Length; place++)
        {
            Parameter parameter = parameters[order[place]];
            int skipped = (int)(first + index - (ends[place] - parameter.Value.Count));
            int count = (int)Math.Min(part.Count - index, parameter.Value.Count - skipped);
            visit(parameter.Grad!, skipped, index, count);
            index += count;
        }
    }
}
