namespace AlignT2I.Models.Tests.Pipelines;

/// <summary>
/// The configurations of Stable Diffusion v1.5 as people download them: those of 2022, and what the libraries write now.
/// </summary>
internal static class HubConfigs
{
    public const string ModelIndex = """
        {
          "_class_name": "StableDiffusionPipeline",
          "_diffusers_version": "0.6.0",
          "feature_extractor": ["transformers", "CLIPFeatureExtractor"],
          "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
          "scheduler": ["diffusers", "PNDMScheduler"],
          "text_encoder": ["transformers", "CLIPTextModel"],
          "tokenizer": ["transformers", "CLIPTokenizer"],
          "unet": ["diffusers", "UNet2DConditionModel"],
          "vae": ["diffusers", "AutoencoderKL"]
        }
        """;

    public const string ModelIndexToday = """
        {
          "_class_name": "StableDiffusionPipeline",
          "_diffusers_version": "0.31.0",
          "_name_or_path": "somebody/a-model",
          "feature_extractor": [null, null],
          "image_encoder": [null, null],
          "requires_safety_checker": true,
          "safety_checker": [null, null],
          "scheduler": ["diffusers", "PNDMScheduler"],
          "text_encoder": ["transformers", "CLIPTextModel"],
          "tokenizer": ["transformers", "CLIPTokenizer"],
          "unet": ["diffusers", "UNet2DConditionModel"],
          "vae": ["diffusers", "AutoencoderKL"]
        }
        """;

    public const string UNet = """
        {
          "_class_name": "UNet2DConditionModel",
          "_diffusers_version": "0.6.0",
          "act_fn": "silu",
          "attention_head_dim": 8,
          "block_out_channels": [320, 640, 1280, 1280],
          "center_input_sample": false,
          "cross_attention_dim": 768,
          "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
          "downsample_padding": 1,
          "flip_sin_to_cos": true,
          "freq_shift": 0,
          "in_channels": 4,
          "layers_per_block": 2,
          "mid_block_scale_factor": 1,
          "norm_eps": 1e-05,
          "norm_num_groups": 32,
          "out_channels": 4,
          "sample_size": 64,
          "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
        }
        """;

    /// <summary>Keys that later versions add, with the values that change nothing.</summary>
    public const string UNetKeysToday = """
        , "_name_or_path": "somebody/a-model", "addition_embed_type": null, "addition_embed_type_num_heads": 64,
        "addition_time_embed_dim": null, "attention_type": "default", "class_embed_type": null, "class_embeddings_concat": false,
        "conv_in_kernel": 3, "conv_out_kernel": 3, "cross_attention_norm": null, "dropout": 0.0, "dual_cross_attention": false,
        "encoder_hid_dim": null, "encoder_hid_dim_type": null, "mid_block_only_cross_attention": null,
        "mid_block_type": "UNetMidBlock2DCrossAttn", "num_attention_heads": null, "num_class_embeds": null,
        "only_cross_attention": false, "projection_class_embeddings_input_dim": null, "resnet_out_scale_factor": 1.0,
        "resnet_skip_time_act": false, "resnet_time_scale_shift": "default", "reverse_transformer_layers_per_block": null,
        "time_cond_proj_dim": null, "time_embedding_act_fn": null, "time_embedding_dim": null, "time_embedding_type": "positional",
        "timestep_post_act": null, "transformer_layers_per_block": 1, "upcast_attention": null, "use_linear_projection": false }
        """;

    public const string Vae = """
        {
          "_class_name": "AutoencoderKL",
          "_diffusers_version": "0.6.0",
          "act_fn": "silu",
          "block_out_channels": [128, 256, 512, 512],
          "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
          "in_channels": 3,
          "latent_channels": 4,
          "layers_per_block": 2,
          "norm_num_groups": 32,
          "out_channels": 3,
          "sample_size": 512,
          "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]
        }
        """;

    public const string VaeKeysToday = """
        , "_name_or_path": "somebody/a-model/vae", "force_upcast": true, "latents_mean": null, "latents_std": null,
        "mid_block_add_attention": true, "scaling_factor": 0.18215, "shift_factor": null, "use_post_quant_conv": true,
        "use_quant_conv": true }
        """;

    public const string TextEncoder = """
        {
          "_name_or_path": "openai/clip-vit-large-patch14",
          "architectures": ["CLIPTextModel"],
          "attention_dropout": 0.0,
          "bos_token_id": 0,
          "dropout": 0.0,
          "eos_token_id": 2,
          "hidden_act": "quick_gelu",
          "hidden_size": 768,
          "initializer_factor": 1.0,
          "initializer_range": 0.02,
          "intermediate_size": 3072,
          "layer_norm_eps": 1e-05,
          "max_position_embeddings": 77,
          "model_type": "clip_text_model",
          "num_attention_heads": 12,
          "num_hidden_layers": 12,
          "pad_token_id": 1,
          "torch_dtype": "float32",
          "transformers_version": "4.22.0.dev0",
          "vocab_size": 49408
        }
        """;

    public const string Scheduler = """
        {
          "_class_name": "PNDMScheduler",
          "_diffusers_version": "0.6.0",
          "beta_end": 0.012,
          "beta_schedule": "scaled_linear",
          "beta_start": 0.00085,
          "num_train_timesteps": 1000,
          "set_alpha_to_one": false,
          "skip_prk_steps": true,
          "steps_offset": 1,
          "trained_betas": null,
          "clip_sample": false
        }
        """;

    public const string Tokenizer = """
        {
          "add_prefix_space": false,
          "bos_token": { "__type": "AddedToken", "content": "<|startoftext|>", "lstrip": false, "normalized": true, "rstrip": false },
          "do_lower_case": true,
          "eos_token": { "__type": "AddedToken", "content": "<|endoftext|>", "lstrip": false, "normalized": true, "rstrip": false },
          "errors": "replace",
          "model_max_length": 77,
          "name_or_path": "openai/clip-vit-large-patch14",
          "pad_token": "<|endoftext|>",
          "special_tokens_map_file": "./special_tokens_map.json",
          "tokenizer_class": "CLIPTokenizer",
          "unk_token": { "__type": "AddedToken", "content": "<|endoftext|>", "lstrip": false, "normalized": true, "rstrip": false }
        }
        """;

    public const string Preprocessor = """
        {
          "crop_size": 224,
          "do_center_crop": true,
          "do_convert_rgb": true,
          "do_normalize": true,
          "do_resize": true,
          "feature_extractor_type": "CLIPFeatureExtractor",
          "image_mean": [0.48145466, 0.4578275, 0.40821073],
          "image_std": [0.26862954, 0.26130258, 0.27577711],
          "resample": 3,
          "size": 224
        }
        """;

    public const string PreprocessorToday = """
        {
          "crop_size": { "height": 224, "width": 224 },
          "do_center_crop": true,
          "do_convert_rgb": true,
          "do_normalize": true,
          "do_rescale": true,
          "do_resize": true,
          "image_mean": [0.48145466, 0.4578275, 0.40821073],
          "image_processor_type": "CLIPImageProcessor",
          "image_std": [0.26862954, 0.26130258, 0.27577711],
          "resample": 3,
          "rescale_factor": 0.00392156862745098,
          "size": { "shortest_edge": 224 }
        }
        """;

    /// <summary>A configuration with the keys of today behind its own.</summary>
    public static string With(this string config, string keysToday) => config.TrimEnd()[..^1] + keysToday;
}
