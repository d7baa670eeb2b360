using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace AlignT2I.CommandLine;

/// <summary>Arguments that are no value of their option's type. The parser takes a comma for nothing, so that 1,5 is fifteen, and
/// looks at the parts of a list only when the command asks for them.</summary>
internal static class MisreadArguments
{
    /// <summary>A sentence for each of them, empty where the command can start.</summary>
    public static IReadOnlyList<string> Of(ParseResult parse)
    {
        List<string> sentences = [];
        for (SymbolResult? result = parse.CommandResult; result is CommandResult command; result = result.Parent)
        {
            foreach (SymbolResult child in command.Children)
            {
                (string name, Type type) = child switch
                {
                    OptionResult option => (option.Option.Name, option.Option.ValueType),
                    ArgumentResult argument => ($"<{argument.Argument.Name}>", argument.Argument.ValueType),
                    _ => ("", typeof(string)),
                };
                if (Expected(type.GetElementType() ?? Nullable.GetUnderlyingType(type) ?? type) is not { } expected)
                    continue;
                sentences.AddRange(child.Tokens.Where(t => !expected.Fits(t.Value))
                    .Select(t => $"{name}: '{t.Value}' was found; expected {expected.Words}."));
            }
        }
        return sentences;
    }

    static (string Words, Predicate<string> Fits)? Expected(Type type)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (type == typeof(double))
        {
            return ("a finite number, written as 0.5 or 5e-1",
                text => double.TryParse(text, NumberStyles.Float, culture, out double value) && double.IsFinite(value));
        }
        if (type == typeof(int))
            return ($"a whole number, at most {int.MaxValue}", text => int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out _));
        if (type == typeof(ulong))
            return ($"a whole number from 0 to {ulong.MaxValue}", text => ulong.TryParse(text, NumberStyles.None, culture, out _));
        if (type == typeof(FileInfo))
            return ("the name of a file", text => text.Length > 0);
        if (type == typeof(DirectoryInfo))
            return ("the name of a folder", text => text.Length > 0);
        if (type.IsEnum)
        {
            string[] names = [.. Enum.GetNames(type).Select(name => name.ToLowerInvariant())];
            return (string.Join(", ", names[..^1]) + " or " + names[^1], text => names.Contains(text.ToLowerInvariant()));
        }
        return null;
    }
}
