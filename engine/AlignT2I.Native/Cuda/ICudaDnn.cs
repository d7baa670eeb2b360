namespace AlignT2I.Native;

/// <summary>The seam of convolutions and fused attention. Belongs to the context that is current when it is first asked.</summary>
public interface ICudaDnn : IDisposable
{
    /// <summary>Version of the library, part of every cache key.</summary>
    Version Version { get; }

    /// <summary>Engines that do a convolution, the library's best guess first; none where it is not supported.</summary>
    IReadOnlyList<string> Engines(in ConvolutionKey key);

    /// <summary>Makes a plan of one engine; the caller keeps it per key.</summary>
    /// <param name="key">The convolution.</param>
    /// <param name="engine">One of <see cref="Engines"/>, of this run or an earlier one on the same device and version.</param>
    /// <returns>null where the engine does not do it after all.</returns>
    IConvolutionPlan? Plan(in ConvolutionKey key, string engine);

    /// <summary>Makes a plan of a fused attention pass; the caller keeps it per key.</summary>
    /// <returns>null where the library or the device does not support it.</returns>
    IAttentionPlan? Plan(in AttentionKey key);
}
