using System.Net.Sockets;

namespace AlignT2I.Training.Communicators;

/// <summary>A connection between two ranks: messages of five bytes.</summary>
internal sealed class RankConnection : IDisposable
{
    readonly Socket socket;
    readonly Lock sending = new();

    /// <param name="socket">The connection; it becomes this one's.</param>
    /// <param name="silence">How long the other may say nothing.</param>
    public RankConnection(Socket socket, TimeSpan silence)
    {
        this.socket = socket;
        socket.NoDelay = true;
        socket.ReceiveTimeout = socket.SendTimeout = (int)silence.TotalMilliseconds;
    }

    /// <summary>Whether the last <see cref="Receive"/> gave up, for the other said nothing.</summary>
    public bool IsSilent { get; private set; }

    /// <summary>The next message; null once the other has ended or is silent.</summary>
    public (byte Kind, int Rank)? Receive()
    {
        byte[] message = new byte[1 + sizeof(int)];
        try
        {
            return TryReceive(socket, message) ? (message[0], BitConverter.ToInt32(message, 1)) : null;
        }
        catch (SocketException e)
        {
            IsSilent = e.SocketErrorCode == SocketError.TimedOut;
            return null;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Sends a message; one that cannot be sent is given up, since whoever receives on this side learns of it.</summary>
    public void Send(byte kind, int rank)
    {
        lock (sending)
        {
            try
            {
                socket.Send([kind, .. BitConverter.GetBytes(rank)]);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                socket.Dispose();
            }
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>Fills a buffer.</summary>
    /// <returns>Whether the other sent as much before it ended.</returns>
    internal static bool TryReceive(Socket socket, byte[] buffer)
    {
        int count = 0;
        while (count < buffer.Length)
        {
            int received = socket.Receive(buffer, count, buffer.Length - count, SocketFlags.None);
            if (received == 0)
                return false;
            count += received;
        }
        return true;
    }
}
