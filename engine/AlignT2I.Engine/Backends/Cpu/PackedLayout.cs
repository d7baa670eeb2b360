namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>The order in which a kernel reads a float32 weight: panel by panel, as matrix B [K, N] of its product.</summary>
/// <param name="Form">How the weight is stored, and what is done to it.</param>
/// <param name="K">Length of the sums; for Winograd's transform channels alone.</param>
/// <param name="N">Columns: channels of the result.</param>
internal readonly unsafe record struct PackedLayout(PackedForm Form, int K, int N)
{
    /// <summary>That of a forward pass over many rows, where a weight is [O, I] or [O, kH, kW, I].</summary>
    public static PackedLayout Of(Shape weight) =>
        weight is [var o, 3, 3, var i] && Math.Min(o, i) >= ConvolutionShape.FewestWinogradChannels
            ? new PackedLayout(PackedForm.Winograd, i, o)
            : new PackedLayout(PackedForm.Columns, (int)(weight.Count / weight[0]), weight[0]);

    public int Panels => TileGeometry<float>.Panels(N);

    /// <summary>Elements of one panel.</summary>
    public nint PanelSize => Matrices * PanelPacking<float>.PanelSize(K);

    /// <summary>Elements of all panels.</summary>
    public long Size => (long)PanelSize * Panels;

    int Matrices => Form is PackedForm.Winograd or PackedForm.WinogradTurned ? Winograd.Products : 1;

    /// <summary>Packs all panels, on all threads.</summary>
    public void Pack(float* weight, float* packed)
    {
        PackedLayout layout = this;
        CpuThreads.For(Panels, panel => layout.PackPanel(weight, panel, packed + panel * layout.PanelSize));
    }

    /// <summary>Packs one panel to <paramref name="to"/>.</summary>
    public void PackPanel(float* weight, int panel, float* to)
    {
        (int column, int columns, int padded) = PanelPacking<float>.Extent(N, panel);
        switch (Form)
        {
            case PackedForm.Rows: PanelPacking<float>.CopyRows(weight + column, N, K, columns, padded, to); break;
            case PackedForm.Columns: PanelPacking<float>.CopyColumns(weight + (nint)column * K, K, K, columns, padded, to); break;
            case PackedForm.Winograd: WinogradWeights.Pack(K, weight, column, columns, padded, to); break;
            default: WinogradWeights.PackTurned(K, N, weight, column, columns, padded, to); break;
        }
    }
}
