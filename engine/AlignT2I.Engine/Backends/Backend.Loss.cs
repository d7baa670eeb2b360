namespace AlignT2I.Engine;

public abstract partial class Backend
{
    /// <summary>perSample[n] = mean of (prediction[n] - target[n])^2; loss = mean of sampleWeight[n] * perSample[n].</summary>
    internal abstract void MseForward(Tensor prediction, Tensor target, Tensor? sampleWeight, Tensor perSample, Tensor loss);

    /// <summary>dprediction[n, i] = dy * sampleWeight[n] * 2 / (N * M) * (prediction[n, i] - target[n, i]).</summary>
    internal abstract void MseBackward(Tensor prediction, Tensor target, Tensor? sampleWeight, Tensor dy, Tensor dprediction);

    /// <summary>probabilities = softmax of each row; loss = mean of -log(probabilities[n, labels[n]]).</summary>
    internal abstract void CrossEntropyForward(Tensor logits, Tensor labels, Tensor probabilities, Tensor loss);

    /// <summary>dlogits[n, c] = dy / N * (probabilities[n, c] - [c = labels[n]]).</summary>
    internal abstract void CrossEntropyBackward(Tensor probabilities, Tensor labels, Tensor dy, Tensor dlogits);
}
