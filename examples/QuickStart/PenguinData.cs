using Microsoft.ML;
using Microsoft.ML.Data;

namespace QuickStart;

/// <summary>The data of this example, which travel inside the program.</summary>
internal static class PenguinData
{
    public static IDataView Load(MLContext ml, string folder)
    {
        string path = Path.Combine(folder, "penguins.csv");
        using (Stream embedded = typeof(PenguinData).Assembly.GetManifestResourceStream("penguins.csv")!)
        using (FileStream file = File.Create(path))
        {
            embedded.CopyTo(file);
        }

        IDataView rows = ml.Data.LoadFromTextFile<Penguin>(path, new TextLoader.Options
        {
            Separators = [','],
            HasHeader = true,
            AllowQuoting = true,

            // Without this, ML.NET reads an empty number as 0: a penguin without measurements would weigh nothing.
            MissingRealsAsNaNs = true,
        });

        // A network needs every feature, so the two penguins without measurements go. Missing *labels* may stay: the
        // penguins whose sex is not known still teach the other tasks.
        return ml.Data.FilterRowsByMissingValues(rows, nameof(Penguin.BillLength), nameof(Penguin.BillDepth), nameof(Penguin.FlipperLength));
    }
}
