namespace AlignT2I.Models.Schedulers;

/// <summary>Straight lines through numbers.</summary>
internal static class Line
{
    /// <summary>Equal steps from the first number to the last, both exact.</summary>
    /// <param name="first">First number.</param>
    /// <param name="last">Last number; not reached where <paramref name="count"/> is 1.</param>
    /// <param name="count">How many, at least 1.</param>
    public static double[] Between(double first, double last, int count)
    {
        double[] result = new double[count];
        double step = (last - first) / Math.Max(1, count - 1);
        for (int i = 0; i < count; i++)
            result[i] = i == count - 1 && i > 0 ? last : first + i * step;
        return result;
    }

    /// <summary>The value at a place between two entries of a list, on the line from one to the other.</summary>
    /// <param name="values">The list.</param>
    /// <param name="place">0 to the last index.</param>
    public static double At(IReadOnlyList<double> values, double place)
    {
        int below = (int)place;
        double rest = place - below;
        return rest == 0 ? values[below] : values[below] + rest * (values[below + 1] - values[below]);
    }
}
