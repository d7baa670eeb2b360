namespace AlignT2I.Engine;

/// <summary>How a parameter's elements lie in files, where that differs from memory.</summary>
public enum ParameterLayout
{
    /// <summary>The same in both.</summary>
    AsInFile,

    /// <summary>[O, kH, kW, I] in memory, [O, I, kH, kW] in files.</summary>
    Convolution,
}
