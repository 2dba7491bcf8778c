using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MlNetMultiTask.Benchmarks;

/// <summary>Houses that were sold in Ames (De Cock 2011): ames of the R package modeldata, written as CSV.</summary>
internal static class AmesData
{
    private const string LogPrice = "Log_Price";

    private static readonly string[] _texts =
    [
        "MS_SubClass", "MS_Zoning", "Street", "Alley", "Lot_Shape", "Land_Contour", "Utilities", "Lot_Config", "Land_Slope", "Neighborhood", "Condition_1", "Condition_2",
        "Bldg_Type", "House_Style", "Roof_Style", "Roof_Matl", "Exterior_1st", "Exterior_2nd", "Mas_Vnr_Type", "Exter_Cond", "Foundation", "Bsmt_Cond", "Bsmt_Exposure",
        "BsmtFin_Type_1", "BsmtFin_Type_2", "Heating", "Heating_QC", "Electrical", "Functional", "Garage_Type", "Garage_Finish", "Garage_Cond", "Paved_Drive", "Pool_QC", "Fence",
        "Misc_Feature", "Sale_Type", "Sale_Condition",
    ];

    private static readonly string[] _numbers =
    [
        "Lot_Frontage", "Lot_Area", "Year_Built", "Year_Remod_Add", "Mas_Vnr_Area", "BsmtFin_SF_1", "BsmtFin_SF_2", "Bsmt_Unf_SF", "Total_Bsmt_SF", "First_Flr_SF",
        "Second_Flr_SF", "Gr_Liv_Area", "Bsmt_Full_Bath", "Bsmt_Half_Bath", "Full_Bath", "Half_Bath", "Bedroom_AbvGr", "Kitchen_AbvGr", "TotRms_AbvGrd", "Fireplaces",
        "Garage_Cars", "Garage_Area", "Wood_Deck_SF", "Open_Porch_SF", "Enclosed_Porch", "Three_season_porch", "Screen_Porch", "Pool_Area", "Misc_Val", "Mo_Sold", "Year_Sold",
        "Longitude", "Latitude",
    ];

    /// <summary>What is wrong with a path; null where the file is there.</summary>
    public static string? FindProblem(string path) => File.Exists(path)
        ? null
        : $"There is no file '{path}'. Write it by: Rscript -e 'data(ames, package=\"modeldata\"); write.csv(ames, \"ames.csv\", row.names=FALSE)'";

    /// <summary>The logarithm of the price, the condition in nine classes, and whether there is central air conditioning (not in one house of fifteen); none is a feature.</summary>
    /// <param name="lossWeights">Per task what its loss is multiplied by.</param>
    public static PredictionTask[] GetTasks(float[] lossWeights) =>
    [
        PredictionTask.Regression("Price", lossWeight: lossWeights[0], labelColumnName: LogPrice),
        PredictionTask.MulticlassClassification("Condition", lossWeight: lossWeights[1], labelColumnName: "Overall_Cond"),
        PredictionTask.BinaryClassification("Air", positiveLabel: "Y", lossWeight: lossWeights[2], labelColumnName: "Central_Air"),
    ];

    /// <summary>Reads the file, and divides it by a seed.</summary>
    public static (IDataView Train, IDataView Test) Load(string path, int seed)
    {
        (IDataView train, IDataView test) = Open(path).Load(seed);
        ITransformer logarithm = TakeLogarithm(new MLContext(seed)).Fit(train);
        return (logarithm.Transform(train), logarithm.Transform(test));
    }

    /// <summary>Reads the file as it is, and what makes features and labels of it.</summary>
    public static (IDataView Data, IEstimator<ITransformer> Preprocessing) Read(MLContext ml, string path) => (ml.Data.Cache(Open(path).Read(ml)), Open(path).Prepare(ml).Append(TakeLogarithm(ml)));

    private static TableFile Open(string path) => new(path, _texts, _numbers, ["Overall_Cond", "Central_Air"], "Sale_Price");

    private static ExpressionEstimator TakeLogarithm(MLContext ml) => ml.Transforms.Expression(LogPrice, "price => log(price) / 2.302585f", "Sale_Price");
}
