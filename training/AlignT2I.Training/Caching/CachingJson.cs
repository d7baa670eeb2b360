using System.Text.Json.Serialization;

namespace AlignT2I.Training.Caching;

/// <summary>Source-generated reader and writer of a table's keys.</summary>
[JsonSerializable(typeof(List<string>))]
internal sealed partial class CachingJson : JsonSerializerContext;
