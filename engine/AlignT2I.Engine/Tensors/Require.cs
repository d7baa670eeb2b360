using System.Runtime.CompilerServices;

namespace AlignT2I.Engine;

/// <summary>Checks at the public edge of the operations: each failure says the operation, the tensor, what was found and what
/// fits.</summary>
/// <remarks>
/// Types mix in one way only. The operands of an operation and its result are of one type, the compute type: that is <see
/// cref="SameDType"/>.
/// Scale and shift of a normalization and the weights of samples in a loss are of that type's <see cref="DTypes"/> Accumulator, float32
/// beside half: that is <see cref="Accumulator"/>; so are statistics, sums and losses, which operations make themselves, and the gradients
/// that are sums over positions (of weights, biases, scales and shifts). Token ids, labels and indices are I32.
/// </remarks>
internal static class Require
{
    public static void Rank(Tensor x, int rank, [CallerArgumentExpression(nameof(x))] string name = "", [CallerMemberName] string op = "")
    {
        if (x.Shape.Rank != rank)
            throw new ShapeException($"{op}: {name} has shape {x.Shape}; it needs {rank} dimensions.");
    }

    public static void AtLeastRank(
        Tensor x, int rank, [CallerArgumentExpression(nameof(x))] string name = "", [CallerMemberName] string op = "")
    {
        if (x.Shape.Rank < rank)
            throw new ShapeException($"{op}: {name} has shape {x.Shape}; it needs at least {rank} dimensions.");
    }

    public static void Shape(
        Tensor x, Shape expected, [CallerArgumentExpression(nameof(x))] string name = "", [CallerMemberName] string op = "")
    {
        if (x.Shape != expected)
            throw new ShapeException($"{op}: {name} has shape {x.Shape}; it needs {expected}.");
    }

    public static void DType(
        Tensor x, DType expected, [CallerArgumentExpression(nameof(x))] string name = "", [CallerMemberName] string op = "")
    {
        if (x.DType != expected)
            throw new DTypeException($"{op}: {name} is {x.DType}; it needs {expected}. Convert it with F.Cast.");
    }

    public static void SameBackend(
        Tensor x, Tensor other, [CallerArgumentExpression(nameof(x))] string name = "",
        [CallerArgumentExpression(nameof(other))] string otherName = "", [CallerMemberName] string op = "")
    {
        if (x.Backend != other.Backend)
        {
            throw new InvalidOperationException(
                $"{op}: {name} is on {x.Backend.Name} and {otherName} on {other.Backend.Name}; move one with To.");
        }
    }

    public static void SameDType(
        Tensor x, Tensor other, [CallerArgumentExpression(nameof(x))] string name = "",
        [CallerArgumentExpression(nameof(other))] string otherName = "", [CallerMemberName] string op = "")
    {
        SameBackend(x, other, name, otherName, op);
        if (x.DType != other.DType)
        {
            throw new DTypeException(
                $"{op}: {name} is {x.DType} and {otherName} is {other.DType}; they must be the same. Convert one with F.Cast.");
        }
    }

    /// <summary>x is of the type in which sums of the operand's type are kept.</summary>
    public static void Accumulator(
        Tensor x, Tensor operand, [CallerArgumentExpression(nameof(x))] string name = "",
        [CallerArgumentExpression(nameof(operand))] string operandName = "", [CallerMemberName] string op = "")
    {
        SameBackend(x, operand, name, operandName, op);
        if (x.DType != operand.DType.Accumulator)
        {
            throw new DTypeException(
                $"{op}: {name} is {x.DType}; beside {operandName} of {operand.DType} it must be "
                + $"{operand.DType.Accumulator}. Convert it with F.Cast.");
        }
    }

    public static void Divides(
        int divisor, int value, string advice, [CallerArgumentExpression(nameof(divisor))] string divisorName = "",
        [CallerArgumentExpression(nameof(value))] string valueName = "", [CallerMemberName] string op = "")
    {
        if (divisor <= 0 || value % divisor != 0)
            throw new ShapeException($"{op}: {divisorName} = {divisor} does not divide {valueName} = {value}; {advice}.");
    }

    public static void That(bool condition, string message, [CallerMemberName] string op = "")
    {
        if (!condition)
            throw new ShapeException($"{op}: {message}.");
    }
}
