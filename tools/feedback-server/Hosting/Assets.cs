using System.Security.Cryptography;
using System.Text;

namespace AlignT2I.FeedbackServer.Hosting;

/// <summary>The pages, styles and scripts, which are in the binary.</summary>
internal static class Assets
{
    static readonly Dictionary<string, string> types = new()
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".txt"] = "text/plain; charset=utf-8",
    };

    static readonly Dictionary<string, Asset> files = Load();

    static readonly string[] pages = ["join", "label", "compare", "instructions", "admin"];

    /// <summary>The text of a file.</summary>
    public static string Text(string name) => Encoding.UTF8.GetString(files[name].Content);

    /// <summary>Serves every page under its name, and what the pages use.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", context => WriteAsync(context, files["index.html"]));
        foreach (string page in pages)
            routes.MapGet($"/{page}", context => WriteAsync(context, files[$"{page}.html"]));
        foreach ((string name, Asset asset) in files.Where(f => !f.Key.EndsWith(".html", StringComparison.Ordinal)))
            routes.MapGet($"/{name}", context => WriteAsync(context, asset));
    }

    static async Task WriteAsync(HttpContext context, Asset asset)
    {
        context.Response.Headers.ETag = asset.Tag;
        context.Response.Headers.CacheControl = "no-cache";     // asked again each time, answered 304 while it is the same
        if (context.Request.Headers.IfNoneMatch == asset.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        context.Response.ContentType = asset.Type;
        context.Response.ContentLength = asset.Content.Length;
        await context.Response.Body.WriteAsync(asset.Content, context.RequestAborted);
    }

    static Dictionary<string, Asset> Load()
    {
        Dictionary<string, Asset> loaded = [];
        foreach (string resource in typeof(Assets).Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith("Pages/", StringComparison.Ordinal)))
        {
            using Stream stream = typeof(Assets).Assembly.GetManifestResourceStream(resource)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            string name = resource["Pages/".Length..];
            string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
            loaded.Add(name, new Asset(content, types[Path.GetExtension(name)], tag));
        }
        return loaded;
    }

    sealed record Asset(byte[] Content, string Type, string Tag);
}
