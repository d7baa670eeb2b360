namespace AlignT2I.Training.Miniature;

/// <summary>Paints the backgrounds: a greyish base colour plus a texture that lightens or darkens it a little.</summary>
internal static class BackgroundPainter
{
    const int Size = SceneRenderer.Size;

    /// <param name="background">Which background.</param>
    /// <param name="seed">Where its trunks, craters, waves are.</param>
    /// <param name="rgb">Receives the picture, [64, 64, 3].</param>
    public static void Paint(WorldBackground background, ulong seed, Span<byte> rgb)
    {
        var random = new WorldRandom(seed);
        Span<float> shade = stackalloc float[Size * Size];
        shade.Clear();
        (float R, float G, float B) tone = background switch
        {
            WorldBackground.Forest => (80, 98, 76),
            WorldBackground.City => (140, 121, 116),
            WorldBackground.Moon => (204, 202, 196),
            WorldBackground.Sea => (110, 137, 156),
            WorldBackground.Field => (184, 174, 138),
            _ => (30, 33, 52),
        };
        switch (background)
        {
            case WorldBackground.Forest:
                Forest(shade, ref random);
                break;
            case WorldBackground.City:
                City(shade, ref random);
                break;
            case WorldBackground.Moon:
                Moon(shade, ref random);
                break;
            case WorldBackground.Sea:
                Waves(shade, frequency: 0.62f, slope: 0, bend: 1.1f, amplitude: 11, ref random);
                break;
            case WorldBackground.Field:
                Waves(shade, frequency: 0.5f, slope: 0.85f, bend: 0.35f, amplitude: 10, ref random);
                break;
            default:
                Night(shade, ref random);
                break;
        }
        float light = random.NextSingle(-4, 4);
        for (int i = 0; i < shade.Length; i++)
        {
            rgb[i * 3] = ToByte(tone.R + shade[i] + light);
            rgb[i * 3 + 1] = ToByte(tone.G + shade[i] + light);
            rgb[i * 3 + 2] = ToByte(tone.B + shade[i] + light);
        }
    }

    /// <summary>Upright trunks, darker, that lean a little.</summary>
    static void Forest(Span<float> shade, ref WorldRandom random)
    {
        for (float x = random.NextSingle(0, 6); x < Size; x += random.NextSingle(7, 12))
        {
            float halfWidth = random.NextSingle(1.4f, 2.6f), lean = random.NextSingle(-0.06f, 0.06f), depth = random.NextSingle(14, 24);
            for (int row = 0; row < Size; row++)
            {
                float center = x + lean * row;
                int first = Math.Max(0, (int)(center - halfWidth - 1)), last = Math.Min(Size - 1, (int)(center + halfWidth + 1));
                for (int column = first; column <= last; column++)
                    shade[row * Size + column] -= depth * Math.Clamp(halfWidth + 0.5f - MathF.Abs(column + 0.5f - center), 0, 1);
            }
        }
    }

    /// <summary>Houses of different heights and greys with rows of lit windows; the sky is lighter.</summary>
    static void City(Span<float> shade, ref WorldRandom random)
    {
        shade.Fill(20);
        for (int x = -random.NextInt(6); x < Size;)
        {
            int width = 9 + random.NextInt(7), roof = 4 + random.NextInt(26);
            float wall = random.NextSingle(-14, 2);
            for (int row = roof; row < Size; row++)
            {
                for (int column = Math.Max(0, x); column < Math.Min(Size, x + width); column++)
                {
                    bool window = (row - roof) % 6 is 2 or 3 && (column - x) % 5 is 2 or 3 && column - x < width - 1;
                    shade[row * Size + column] = window ? wall + 18 : wall;
                }
            }
            x += width;
        }
    }

    /// <summary>Craters: a darker floor with a lighter rim.</summary>
    static void Moon(Span<float> shade, ref WorldRandom random)
    {
        for (int crater = 0; crater < 11; crater++)
        {
            float x = random.NextSingle(0, Size), y = random.NextSingle(0, Size), radius = random.NextSingle(2.5f, 7);
            int top = Math.Max(0, (int)(y - radius - 2)), bottom = Math.Min(Size - 1, (int)(y + radius + 2));
            int left = Math.Max(0, (int)(x - radius - 2)), right = Math.Min(Size - 1, (int)(x + radius + 2));
            for (int row = top; row <= bottom; row++)
            {
                for (int column = left; column <= right; column++)
                {
                    float dx = column + 0.5f - x, dy = row + 0.5f - y, distance = MathF.Sqrt(dx * dx + dy * dy) - radius;
                    float floor = Math.Clamp(0.5f - distance, 0, 1), rim = Math.Clamp(1.5f - MathF.Abs(distance - 0.5f), 0, 1);
                    ref float value = ref shade[row * Size + column];
                    value += floor * (-20 - value) + rim * (1 - floor) * (12 - value);
                }
            }
        }
    }

    /// <summary>Bent stripes: lying waves, or slanting furrows.</summary>
    static void Waves(Span<float> shade, float frequency, float slope, float bend, float amplitude, ref WorldRandom random)
    {
        float phase = random.NextSingle(0, MathF.Tau), bendPhase = random.NextSingle(0, MathF.Tau);
        float scale = frequency * random.NextSingle(0.92f, 1.08f);
        Span<float> bent = stackalloc float[Size];
        for (int column = 0; column < Size; column++)
            bent[column] = bend * MathF.Sin(0.3f * column + bendPhase) + slope * scale * column + phase;
        for (int row = 0; row < Size; row++)
        {
            for (int column = 0; column < Size; column++)
                shade[row * Size + column] = amplitude * MathF.Sin(scale * row + bent[column]);
        }
    }

    /// <summary>Small soft stars; the sky is a little lighter below.</summary>
    static void Night(Span<float> shade, ref WorldRandom random)
    {
        for (int row = 0; row < Size; row++)
            shade.Slice(row * Size, Size).Fill(row * 0.2f);
        for (int star = 0; star < 26; star++)
        {
            float x = random.NextSingle(0, Size), y = random.NextSingle(0, Size), light = random.NextSingle(40, 110);
            for (int row = Math.Max(0, (int)y - 2); row <= Math.Min(Size - 1, (int)y + 2); row++)
            {
                for (int column = Math.Max(0, (int)x - 2); column <= Math.Min(Size - 1, (int)x + 2); column++)
                {
                    float dx = column + 0.5f - x, dy = row + 0.5f - y;
                    shade[row * Size + column] += light * Math.Max(0, 1 - (dx * dx + dy * dy) / 1.7f);
                }
            }
        }
    }

    static byte ToByte(float value) => (byte)Math.Clamp(value + 0.5f, 0, 255);
}
