// MlNetMultiTask.FreshProcess <model.zip> <data in ML.NET's binary format> <file for the scores> <culture>
using System.Globalization;
using Microsoft.ML;
using MlNetMultiTask.FreshProcess;

CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.GetCultureInfo(args[3]);

var ml = new MLContext();
ITransformer model = ml.Model.Load(args[0], out _);
IDataView data = ml.Data.LoadFromBinary(args[1]);
File.WriteAllBytes(args[2], ScoreBytes.OfAddedColumns(data, model.Transform(data)));
(model as IDisposable)?.Dispose();
