package server

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// peerUID asks the kernel for the user of the socket at the other end of a connection
// within this computer. It looks up that one socket, so that the time does not grow with
// the number of sockets, as it would with /proc/net/tcp.
func peerUID(conn net.Conn) (int, error) {
	local, ok := conn.LocalAddr().(*net.TCPAddr)
	remote, also := conn.RemoteAddr().(*net.TCPAddr)
	if !ok || !also || remote.IP.To4() == nil || local.IP.To4() == nil {
		return 0, errors.New("not a connection over IPv4")
	}
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_INET_DIAG)
	if err != nil {
		return 0, fmt.Errorf("open a netlink socket: %w", err)
	}
	defer unix.Close(fd)
	if err := unix.Sendto(fd, diagRequest(remote, local), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return 0, fmt.Errorf("ask for a socket: %w", err)
	}
	var answer [1 << 10]byte
	n, _, err := unix.Recvfrom(fd, answer[:], unix.MSG_DONTWAIT) // the kernel answers before Sendto returns
	if err != nil {
		return 0, fmt.Errorf("read the socket's details: %w", err)
	}
	return diagUID(answer[:n])
}

// The kernel's structures, from linux/netlink.h and linux/inet_diag.h.
type (
	netlinkHeader struct {
		Length      uint32
		Type, Flags uint16
		Seq, PID    uint32
	}
	diagSocket struct {
		SourcePort, Port [2]byte // big-endian
		Source, Address  [16]byte
		Interface        uint32
		Cookie           [2]uint32
	}
	diagQuestion struct {
		netlinkHeader
		Family, Protocol, Extensions, _ uint8
		States                          uint32
		Socket                          diagSocket
	}
	diagAnswer struct {
		Family, State, Timer, Retransmits uint8
		Socket                            diagSocket
		Expires, ReadQueue, WriteQueue    uint32
		UID, Inode                        uint32
	}
)

const (
	noCookie = ^uint32(0) // any socket with these addresses
	loopback = 1          // Linux gives this index to no other interface
)

// diagRequest asks for the one socket that has these addresses. AF_INET also finds a
// socket of IPv6 that is connected to an address of IPv4, and naming the interface also
// finds a socket that was bound to it.
func diagRequest(own, other *net.TCPAddr) []byte {
	q := diagQuestion{
		netlinkHeader: netlinkHeader{Type: unix.SOCK_DIAG_BY_FAMILY, Flags: unix.NLM_F_REQUEST},
		Family:        unix.AF_INET, Protocol: unix.IPPROTO_TCP, States: ^uint32(0),
		Socket: diagSocket{Interface: loopback, Cookie: [2]uint32{noCookie, noCookie}},
	}
	q.Length = uint32(binary.Size(q))
	binary.BigEndian.PutUint16(q.Socket.SourcePort[:], uint16(own.Port))
	binary.BigEndian.PutUint16(q.Socket.Port[:], uint16(other.Port))
	copy(q.Socket.Source[:], own.IP.To4())
	copy(q.Socket.Address[:], other.IP.To4())
	raw, _ := binary.Append(nil, binary.NativeEndian, q) // never fails: its size is fixed
	return raw
}

func diagUID(raw []byte) (int, error) {
	var header netlinkHeader
	n, err := binary.Decode(raw, binary.NativeEndian, &header)
	if err != nil {
		return 0, fmt.Errorf("the kernel's answer is cut short: %w", err)
	}
	if header.Type == unix.NLMSG_ERROR {
		var number int32
		if _, err := binary.Decode(raw[n:], binary.NativeEndian, &number); err != nil {
			return 0, fmt.Errorf("the kernel's error is cut short: %w", err)
		}
		return 0, fmt.Errorf("find the socket at the other end: %w", unix.Errno(-number))
	}
	var found diagAnswer
	if _, err := binary.Decode(raw[n:], binary.NativeEndian, &found); err != nil {
		return 0, fmt.Errorf("the kernel's answer is cut short: %w", err)
	}
	return int(found.UID), nil
}
