namespace AlignT2I.Models.Clip;

/// <summary>How a prompt is cleaned before byte-pair encoding: the tokenizers in use differ where a text is not plain.</summary>
/// <remarks>
/// All compose (NFC), join words by one space and lower-case. They part at HTML entities, control and zero-width characters, ideographs,
/// a final sigma and literal special tokens; on other texts they agree. Two of them call ftfy (Speer 2019), which repairs broken text
/// (wrongly decoded letters, curly quotes, full width letters); that is not done here, so ids are theirs where ftfy changes nothing.
/// </remarks>
public enum TextCleaning
{
    /// <summary>
    /// What diffusers runs, and every Stable Diffusion v1 pipeline with it: transformers' CLIPTokenizer where ftfy is not installed. Drops
    /// control and zero-width characters and sets ideographs apart (transformers/models/clip/tokenization_clip.py, BasicTokenizer).
    /// </summary>
    Transformers,

    /// <summary>transformers' CLIPTokenizer where ftfy is installed: keeps what <see cref="Transformers"/> drops.</summary>
    TransformersWithFtfy,

    /// <summary>
    /// transformers' CLIPTokenizerFast (tokenizers, in Rust): lower-cases letter by letter, so that a sigma is never final, and reads a
    /// literal special token as plain text.
    /// </summary>
    TransformersFast,

    /// <summary>The tokenizer CLIP was trained with, and the original Stable Diffusion's: resolves HTML entities, twice
    /// (openai/CLIP, clip/simple_tokenizer.py).</summary>
    OpenAi,
}
