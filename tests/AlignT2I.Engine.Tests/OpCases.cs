using System.Reflection;

namespace AlignT2I.Engine.Tests;

/// <summary>The cases of all operations: one static property of type <c>OpCase[]</c> per family, in files of their own.</summary>
public static partial class OpCases
{
    /// <summary>Every case of every family.</summary>
    public static IEnumerable<OpCase> All =>
        typeof(OpCases).GetProperties(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(p => p.PropertyType == typeof(OpCase[]))
            .SelectMany(p => (OpCase[])p.GetValue(null)!);

}
