using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>A Python global that a pickle may name.</summary>
/// <param name="Name">Module and name: <c>torch._utils._rebuild_tensor_v2</c>.</param>
/// <param name="Use">What calling it makes.</param>
/// <param name="DType">Element type of a storage class or <c>torch.dtype</c>.</param>
internal sealed record PickleGlobal(string Name, PickleUse Use, SafetensorsDType? DType = null);
