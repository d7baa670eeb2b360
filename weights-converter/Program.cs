Console.Error.WriteLine("weights-converter: no conversion is built yet; models are read as diffusers folders of safetensors.");
return 2;
