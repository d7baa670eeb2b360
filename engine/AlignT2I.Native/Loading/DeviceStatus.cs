namespace AlignT2I.Native;

/// <summary>A GPU that was found.</summary>
/// <param name="Device">Its name in <c>--device</c>, such as <c>cuda:0</c>.</param>
/// <param name="Name">The vendor's name.</param>
/// <param name="Architecture">Compute capability as compilers write it, such as <c>sm_90</c>.</param>
/// <param name="FreeBytes">Memory that is free now.</param>
/// <param name="TotalBytes">Memory.</param>
public sealed record DeviceStatus(string Device, string Name, string Architecture, long FreeBytes, long TotalBytes);
