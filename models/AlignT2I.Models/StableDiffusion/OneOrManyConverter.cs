using System.Text.Json;
using System.Text.Json.Serialization;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>An integer, or an array of integers, as one array; an array of one is written as the integer.</summary>
internal sealed class OneOrManyConverter : JsonConverter<int[]>
{
    public override int[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return [Integer(ref reader)];
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("expected an integer or an array of integers");

        var values = new List<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            values.Add(Integer(ref reader));
        return [.. values];
    }

    static int Integer(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int value)
            ? value
            : throw new JsonException("expected an integer");

    public override void Write(Utf8JsonWriter writer, int[] value, JsonSerializerOptions options)
    {
        if (value.Length == 1)
        {
            writer.WriteNumberValue(value[0]);
            return;
        }
        writer.WriteStartArray();
        foreach (int v in value)
            writer.WriteNumberValue(v);
        writer.WriteEndArray();
    }
}
