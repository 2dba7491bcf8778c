// Loads damaged and hostile model files until one of them is not answered well, and then writes that file:
//   dotnet run -c Release --project tests/MlNetMultiTask.Fuzz -- [seed] [how many; without it, until Ctrl+C] [nested: files of an ensemble with networks inside a network]
using System.Globalization;
using MlNetMultiTask.Fuzz;

int seed = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : Random.Shared.Next();
int count = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : int.MaxValue;
bool nested = args is [_, _, "nested"];
var sample = new Sample(seed: 1, nested);
var mutations = new Mutations(sample, new Sample(seed: 2, nested));
var judge = new Judge(sample);
bool stopped = false;
Console.CancelKeyPress += (_, e) => e.Cancel = stopped = true;
Console.WriteLine(FormattableString.Invariant($"seed {seed}"));
int failures = 0;
for (int number = 0; number < count && !stopped; number++)
{
    Mutant mutant = mutations.Make(seed, number);
    if (judge.FindProblem(mutant) is { } problem)
    {
        failures++;
        string path = Path.GetFullPath(FormattableString.Invariant($"mutant-{seed}-{number}.zip"));
        File.WriteAllBytes(path, mutant.File);
        Console.WriteLine($"{mutant.Description}\n  {problem}\n  {path}");
    }

    if ((number + 1) % 1000 == 0)
    {
        Console.WriteLine(FormattableString.Invariant($"{number + 1} files: {judge.Counts.Refused} times refused, {judge.Counts.Loaded} times loaded, {failures} failures"));
    }
}

return failures == 0 ? 0 : 1;
