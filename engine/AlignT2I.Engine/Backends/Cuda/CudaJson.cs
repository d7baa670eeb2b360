using System.Text.Json.Serialization;

namespace AlignT2I.Engine.Backends.Cuda;

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class CudaJson : JsonSerializerContext;
