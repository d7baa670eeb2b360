namespace AlignT2I.Engine;

/// <summary>The differentiable operations, one file each in Ops/; written <c>F</c> at the call site.</summary>
public static partial class Functional
{
}
