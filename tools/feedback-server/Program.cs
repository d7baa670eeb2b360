return AlignT2I.FeedbackServer.Commands.Shell.Run(args);
