namespace AlignT2I.Models.Metrics;

/// <summary>Reads one row of features.</summary>
/// <param name="row">Its number, from 0.</param>
/// <param name="values">Receives it.</param>
public delegate void RowReader(int row, Span<double> values);
