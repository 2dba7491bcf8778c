namespace MlNetMultiTask.Tests.Networks;

/// <summary>The layers of trunks and heads for one row, in double precision, by loops and without torch: each takes its parameters in the order in which a network declares them.</summary>
internal static class PlainLayers
{
    public static double[] Product(double[] x, double[] weights, double[] biases) =>
        [.. biases.Select((bias, o) => bias + x.Select((value, i) => value * weights[(o * x.Length) + i]).Sum())];

    public static double[] Product(PlainParameters parameters, double[] x, int outputs) => Product(x, parameters.Take(outputs * x.Length), parameters.Take(outputs));

    /// <summary>Mean 0 and deviation 1 over all values; then a scale and a shift for each channel, whose values lie side by side.</summary>
    public static double[] Normalize(double[] x, double[] gain, double[] bias)
    {
        double mean = x.Average();
        double deviation = Math.Sqrt(x.Average(value => (value - mean) * (value - mean)) + 1e-5);
        int places = x.Length / gain.Length;
        return [.. x.Select((value, i) => ((value - mean) / deviation * gain[i / places]) + bias[i / places])];
    }

    public static double[] Activate(Activation activation, double[] x) => Array.ConvertAll(x, value => activation switch
    {
        Activation.ReLU => Math.Max(0, value),
        Activation.SiLU => value / (1 + Math.Exp(-value)),
        Activation.Tanh => Math.Tanh(value),
        Activation.LeakyReLU => value > 0 ? value : 0.01 * value,
        _ => throw new NotSupportedException(),
    });

    /// <summary>Hidden layers and, with outputs, a bare one behind them. All layers' parameters come before those of normalisation.</summary>
    public static double[] Dense(PlainParameters parameters, double[] x, int[] widths, int? outputs, Activation activation, bool normalization)
    {
        int[] all = outputs is { } last ? [.. widths, last] : widths;
        var layers = new List<(double[] Weights, double[] Biases)>();
        int inputs = x.Length;
        foreach (int width in all)
        {
            layers.Add((parameters.Take(width * inputs), parameters.Take(width)));
            inputs = width;
        }

        for (int i = 0; i < all.Length; i++)
        {
            x = Product(x, layers[i].Weights, layers[i].Biases);
            if (i < widths.Length)
            {
                x = Activate(activation, normalization ? Normalize(x, parameters.Take(widths[i]), parameters.Take(widths[i])) : x);
            }
        }

        return x;
    }

    public static double[] Residual(PlainParameters parameters, double[] x, int width, int inner, int blocks, Activation activation)
    {
        x = Product(parameters, x, width);
        for (int block = 0; block < blocks; block++)
        {
            double[] y = Activate(activation, Product(parameters, Normalize(x, parameters.Take(width), parameters.Take(width)), inner));
            x = [.. x.Zip(Product(parameters, y, width), (old, added) => old + added)];
        }

        return Activate(activation, Normalize(x, parameters.Take(width), parameters.Take(width)));
    }

    public static double[] Convolutional(PlainParameters parameters, double[] features, PlainImage image, Activation activation, bool normalization)
    {
        (int channels, int height, int width) = (image.Channels, image.Height, image.Width);
        double[] x = new double[features.Length];
        for (int i = 0; i < x.Length; i++)
        {
            (int channel, int pixel) = (i / (height * width), i % (height * width));
            x[i] = features[image.Interleaved ? (pixel * channels) + channel : i];
        }

        foreach (int filters in image.Filters)
        {
            x = Convolution(parameters, x, (channels, height, width), filters, image.KernelSize);
            x = Activate(activation, normalization ? Normalize(x, parameters.Take(filters), parameters.Take(filters)) : x);
            x = Pool(x, (filters, height, width));
            (channels, height, width) = (filters, height == 1 ? 1 : height / 2, width == 1 ? 1 : width / 2);
        }

        return Dense(parameters, x, image.Layers, null, activation, normalization);
    }

    /// <summary>Around the image are zeros.</summary>
    private static double[] Convolution(PlainParameters parameters, double[] x, (int Channels, int Height, int Width) size, int filters, int kernelSize)
    {
        (int kernelHeight, int kernelWidth) = (size.Height == 1 ? 1 : kernelSize, size.Width == 1 ? 1 : kernelSize);
        double[] weights = parameters.Take(filters * size.Channels * kernelHeight * kernelWidth);
        double[] biases = parameters.Take(filters);
        double[] y = new double[filters * size.Height * size.Width];
        for (int i = 0; i < y.Length; i++)
        {
            (int filter, int row, int column) = (i / (size.Height * size.Width), i / size.Width % size.Height, i % size.Width);
            y[i] = biases[filter];
            for (int k = 0; k < size.Channels * kernelHeight * kernelWidth; k++)
            {
                (int channel, int down, int right) = (k / (kernelHeight * kernelWidth), k / kernelWidth % kernelHeight, k % kernelWidth);
                (int r, int c) = (row + down - (kernelHeight / 2), column + right - (kernelWidth / 2));
                if (r >= 0 && r < size.Height && c >= 0 && c < size.Width)
                {
                    y[i] += weights[(filter * size.Channels * kernelHeight * kernelWidth) + k] * x[(((channel * size.Height) + r) * size.Width) + c];
                }
            }
        }

        return y;
    }

    /// <summary>The maximum over squares of 2 x 2; what is left over at the edge is dropped, and a side of one value stays.</summary>
    private static double[] Pool(double[] x, (int Channels, int Height, int Width) size)
    {
        (int down, int right) = (size.Height == 1 ? 1 : 2, size.Width == 1 ? 1 : 2);
        var y = new List<double>();
        for (int channel = 0; channel < size.Channels; channel++)
        {
            for (int row = 0; row + down <= size.Height; row += down)
            {
                for (int column = 0; column + right <= size.Width; column += right)
                {
                    double At(int i) => x[(((channel * size.Height) + row + (i / right)) * size.Width) + column + (i % right)];
                    y.Add(Enumerable.Range(0, down * right).Max(At));
                }
            }
        }

        return [.. y];
    }
}
