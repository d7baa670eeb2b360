namespace AlignT2I.Training.Reports;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Style">Class of the style sheet that gives the colour, as in <c>m-full</c>.</param>
/// <param name="Points">The points, x rising.</param>
public sealed record ReportCurve(string Name, string Style, IReadOnlyList<(double X, double Y)> Points);
