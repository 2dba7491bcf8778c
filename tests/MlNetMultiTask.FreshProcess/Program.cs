// MlNetMultiTask.FreshProcess <model.zip> <data in ML.NET's binary format> <file for the scores> <culture> [unregistered]
// MlNetMultiTask.FreshProcess many-classes <how many>
// MlNetMultiTask.FreshProcess train <folder of checkpoints>
using System.Globalization;
using Microsoft.ML;
using MlNetMultiTask.FreshProcess;

if (args is ["many-classes", string count])
{
    ManyClasses.Run(int.Parse(count, CultureInfo.InvariantCulture));
    return;
}

if (args is ["train", string folder])
{
    KilledTraining.Run(folder, () => Console.WriteLine(KilledTraining.Began));
    return;
}

CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.GetCultureInfo(args[3]);

// The networks of the library need no registration; users' own do.
if (args is not [.., "unregistered"])
{
    SampleNetwork.Register();
}

var ml = new MLContext();
ITransformer model = ml.Model.Load(args[0], out _);
IDataView data = ml.Data.LoadFromBinary(args[1]);
File.WriteAllBytes(args[2], ScoreBytes.OfAddedColumns(data, model.Transform(data)));
(model as IDisposable)?.Dispose();
