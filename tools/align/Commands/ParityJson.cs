using System.Text.Json.Serialization;
using AlignT2I.Models.Parity;

namespace AlignT2I.Align.Commands;

/// <summary>Source-generated writer of <c>align parity --json</c>; a value that is not a number is written as a string.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(List<ParityReport>))]
internal sealed partial class ParityJson : JsonSerializerContext;
