namespace MlNetMultiTask;

/// <content>The trainers of several networks, and of a network from others.</content>
public sealed partial class MultiTaskTrainers
{
    /// <summary>Several copies of one trainer, which differ by their seeds; their predictions are combined.</summary>
    /// <param name="member">The trainer that is copied.</param>
    /// <param name="numberOfMembers">How many networks are trained; 1 or more.</param>
    /// <param name="combiner">How predictions become one; null for <see cref="EnsembleCombiner.Mean"/>.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An argument is not valid; the message names it.</exception>
    public EnsembleTrainer Ensemble(MultiTaskTrainer member, int numberOfMembers = 5, EnsembleCombiner? combiner = null)
    {
        ArgumentNullException.ThrowIfNull(member);
        return Ensemble(new EnsembleOptions { Members = [member], NumberOfMembers = numberOfMembers, Combiner = combiner ?? EnsembleCombiner.Mean });
    }

    /// <summary>Different trainers of the same tasks; the predictions of their models are combined.</summary>
    /// <param name="members">The trainers: two or more.</param>
    /// <param name="combiner">How predictions become one; null for <see cref="EnsembleCombiner.Mean"/>.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An argument is not valid; the message names it.</exception>
    public EnsembleTrainer Ensemble(IReadOnlyList<MultiTaskTrainer> members, EnsembleCombiner? combiner = null)
    {
        ArgumentNullException.ThrowIfNull(members);
        return members.Count > 1
            ? Ensemble(new EnsembleOptions { Members = [.. members], Combiner = combiner ?? EnsembleCombiner.Mean })
            : throw new ArgumentException("An ensemble of different trainers needs two or more; one trainer is copied by Ensemble(member, numberOfMembers).", nameof(members));
    }

    /// <summary>Several networks whose predictions are combined.</summary>
    /// <param name="options">All options.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    public EnsembleTrainer Ensemble(EnsembleOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new EnsembleTrainer(_mlContext, options);
    }

    /// <summary>Copies of one trainer, which differ by their seeds, learn from the labels and from one another (Zhang et al. 2018); the best becomes the model.</summary>
    /// <param name="member">The trainer that is copied, a trainer of one network.</param>
    /// <param name="numberOfMembers">How many networks learn; 2 or more.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An argument is not valid; the message names it.</exception>
    public MutualLearningTrainer MutualLearning(MultiTaskTrainer member, int numberOfMembers = 2)
    {
        ArgumentNullException.ThrowIfNull(member);
        return MutualLearning(new MutualLearningOptions { Members = [member], NumberOfMembers = numberOfMembers });
    }

    /// <summary>The networks of different trainers of the same tasks learn from the labels and from one another (Zhang et al. 2018); the best becomes the model.</summary>
    /// <param name="members">The trainers, each of one network: two or more.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An argument is not valid; the message names it.</exception>
    public MutualLearningTrainer MutualLearning(IReadOnlyList<MultiTaskTrainer> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        return members.Count > 1
            ? MutualLearning(new MutualLearningOptions { Members = [.. members] })
            : throw new ArgumentException("Mutual learning of different trainers needs two or more; one trainer is copied by MutualLearning(member, numberOfMembers).", nameof(members));
    }

    /// <summary>Several networks learn from the labels and from one another.</summary>
    /// <param name="options">All options.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    public MutualLearningTrainer MutualLearning(MutualLearningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new MutualLearningTrainer(_mlContext, options);
    }

    /// <summary>Several copies of one trainer's network, which begin with different numbers and are trained together on the loss of their mean output.</summary>
    /// <param name="member">The trainer whose network is copied: <see cref="HardParameterSharingTrainer"/> or <see cref="SoftParameterSharingTrainer"/>.</param>
    /// <param name="numberOfMembers">How many networks there are; from 1 to 100.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An argument is not valid; the message names it.</exception>
    public JointTrainingTrainer JointTraining(MultiTaskTrainer member, int numberOfMembers = 3)
    {
        ArgumentNullException.ThrowIfNull(member);
        return JointTraining(new JointTrainingOptions { Members = [member], NumberOfMembers = numberOfMembers });
    }

    /// <summary>Different networks of the same tasks, trained together on the loss of their mean output.</summary>
    /// <param name="members">The trainers that give the networks: two or more. What concerns the training is the same in all.</param>
    /// <param name="ownLossWeight">What the members' own losses weigh beside the loss of the mean output; 0 or more.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An argument is not valid; the message names it.</exception>
    public JointTrainingTrainer JointTraining(IReadOnlyList<MultiTaskTrainer> members, double ownLossWeight = 0)
    {
        ArgumentNullException.ThrowIfNull(members);
        return members.Count > 1
            ? JointTraining(new JointTrainingOptions { Members = [.. members], OwnLossWeight = ownLossWeight })
            : throw new ArgumentException("Joint training of different networks needs two trainers or more; the network of one is copied by JointTraining(member, numberOfMembers).", nameof(members));
    }

    /// <summary>Several networks that are trained together, on the loss of their mean output and, if wanted, on their own.</summary>
    /// <param name="options">All options.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    public JointTrainingTrainer JointTraining(JointTrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new JointTrainingTrainer(_mlContext, options);
    }

    /// <summary>A student that learns from labels and from a teacher (Hinton, Vinyals, Dean 2015).</summary>
    /// <param name="teacher">Who teaches; not owned. It must not be disposed before training has ended.</param>
    /// <param name="student">The trainer of the student: any but another distillation.</param>
    /// <param name="temperature">T, what logits are divided by before they are compared; above 0.</param>
    /// <param name="hardLabelWeight">α, what labels weigh; the teacher has 1 − α. From 0 to 1.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An argument is not valid, or the teacher knows none of the student's tasks; the message says which.</exception>
    public DistillationTrainer Distillation(Teacher teacher, MultiTaskTrainer student, float temperature = 3f, float hardLabelWeight = 0.3f)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        return Distillation(new DistillationOptions { Teacher = teacher, Student = student, Temperature = temperature, HardLabelWeight = hardLabelWeight });
    }

    /// <summary>A student that learns from labels and from a teacher.</summary>
    /// <param name="options">All options.</param>
    /// <returns>The trainer.</returns>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    public DistillationTrainer Distillation(DistillationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new DistillationTrainer(_mlContext, options);
    }
}
